// The application that the Koa recipe is pasted into.
import Koa from "koa";
const app = new Koa();
app.silent = true;
/* RECIPE */
app.use(async (ctx) => {
  if (ctx.path === "/private") ctx.throw(401);
  if (ctx.path === "/500") throw new Error("as it should");
  if (ctx.path !== "/items") return;
  if (ctx.method === "OPTIONS") ctx.set("X-Plain", "yes");
  else ctx.set("X-Total", "3");
  ctx.body = [];
});
const server = app.listen(0, "127.0.0.1", () => console.log(`PORT ${server.address().port}`));
