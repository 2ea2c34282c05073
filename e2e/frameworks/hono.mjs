// The application that the Hono recipe is pasted into.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
const app = new Hono();
/* RECIPE */
app.use("/private", async (c, next) =>
  c.req.header("Authorization") ? next() : c.text("who are you?", 401),
);
app.options("/items", (c) => c.text("app", 200, { "X-Plain": "yes" }));
for (const path of ["/items", "/private"]) {
  app.all(path, (c) => c.json([], 200, { "X-Total": "3", "X-Own": "4" }));
}
app.get("/own", (c) =>
  c.text("own", 200, {
    "Access-Control-Allow-Origin": "https://own.example",
    "Access-Control-Allow-Credentials": "true",
    Vary: "Accept-Encoding",
  }),
);
app.post("/405", (c) => c.text("no", 405, { Allow: "GET" }));
app.get("/500", () => {
  throw new Error("as it should");
});
app.onError((error, c) => c.text("failed", 500));
serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
  console.log(`PORT ${port}`),
);
