// The application that the Koa recipe is pasted into.
import Koa from "koa";
const app = new Koa();
app.silent = true;
/* RECIPE */
app.use(async (ctx) => {
  if (ctx.path === "/private" && !ctx.get("Authorization")) ctx.throw(401);
  if (ctx.path === "/405") ctx.throw(405);
  if (ctx.path === "/500") throw new Error("as it should");
  if (ctx.path === "/own") {
    ctx.set("Access-Control-Allow-Origin", "https://own.example");
    ctx.set("Access-Control-Allow-Credentials", "true");
    ctx.vary("Accept-Encoding");
    ctx.body = "own";
    return;
  }
  if (ctx.path !== "/items" && ctx.path !== "/private") return;
  if (ctx.method === "OPTIONS") ctx.set("X-Plain", "yes");
  else ctx.set({ "X-Total": "3", "X-Own": "4" });
  ctx.body = [];
});
const server = app.listen(0, "127.0.0.1", () => console.log(`PORT ${server.address().port}`));
