// The application that the Fastify recipe is pasted into.
import fastify from "fastify";
const app = fastify();
/* RECIPE */
app.addHook("onRequest", async (request, reply) => {
  if (request.url === "/private" && !request.headers.authorization) {
    return reply.code(401).send("who are you?");
  }
});
app.options("/items", (request, reply) => reply.header("X-Plain", "yes").send("app"));
for (const url of ["/items", "/private"]) {
  app.route({
    method: ["GET", "POST", "PUT", "DELETE", "PATCH"],
    url,
    handler: (request, reply) => reply.headers({ "X-Total": "3", "X-Own": "4" }).send([]),
  });
}
app.get("/own", (request, reply) =>
  reply
    .header("Access-Control-Allow-Origin", "https://own.example")
    .header("Access-Control-Allow-Credentials", "true")
    .header("Vary", [reply.getHeader("Vary") ?? "Accept", "Accept-Encoding"].join(", "))
    .send("own"),
);
app.post("/405", (request, reply) => reply.code(405).header("Allow", "GET").send("no"));
app.get("/500", async () => {
  throw new Error("as it should");
});
await app.listen({ port: 0, host: "127.0.0.1" });
console.log(`PORT ${app.server.address().port}`);
