// The application that the Fastify recipe is pasted into.
import fastify from "fastify";
const app = fastify();
/* RECIPE */
app.addHook("onRequest", async (request, reply) => {
  if (request.url === "/private") return reply.code(401).send("who are you?");
});
app.options("/items", (request, reply) => reply.header("X-Plain", "yes").send("app"));
app.route({
  method: ["GET", "POST", "PUT", "DELETE", "PATCH"],
  url: "/items",
  handler: (request, reply) => reply.header("X-Total", "3").send([]),
});
app.get("/500", async () => {
  throw new Error("as it should");
});
await app.listen({ port: 0, host: "127.0.0.1" });
console.log(`PORT ${app.server.address().port}`);
