// The application that the Hono recipe is pasted into.
import { serve } from "@hono/node-server";
import { Hono } from "hono";
const app = new Hono();
/* RECIPE */
app.use("/private", async (c) => c.text("who are you?", 401));
app.options("/items", (c) => c.text("app", 200, { "X-Plain": "yes" }));
app.all("/items", (c) => c.json([], 200, { "X-Total": "3" }));
app.get("/500", () => {
  throw new Error("as it should");
});
app.onError((error, c) => c.text("failed", 500));
serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
  console.log(`PORT ${port}`),
);
