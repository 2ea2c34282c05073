// An API that knows nothing of CORS, and takes requests of its own origin only.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

function own(request) {
  const { origin, host } = request.headers;
  return origin === undefined || origin === `http://${host}`;
}

const json = (response, status, value, headers = {}) => {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(value));
};

export async function startApi() {
  const seen = [];
  const server = createServer(async (request, response) => {
    const { method, headers } = request;
    seen.push(`${method} ${request.url}`);
    let body = "";
    for await (const piece of request) body += piece;
    if (!own(request)) return json(response, 403, { error: "not of my origin" });
    switch (request.url) {
      case "/items":
        if (method === "OPTIONS") {
          response.writeHead(204, { Allow: "GET, PUT", "X-App": "asked" });
          return response.end();
        }
        // What a server that fakes CORS for production says must not reach the page.
        return json(
          response,
          200,
          { method, body, token: headers["x-token"] ?? null },
          { "X-Total": "3", "Access-Control-Allow-Origin": "https://prod.example" },
        );
      case "/login":
        return json(response, 200, {}, {
          "Set-Cookie": "session=s3cret; Domain=api.example; Path=/; Secure; HttpOnly; SameSite=None",
        });
      case "/me":
        return json(response, 200, { cookie: headers.cookie ?? null });
      case "/error":
        return json(response, 500, { error: "broken" });
      case "/old":
        response.writeHead(302, { Location: `http://${headers.host}/items` });
        return response.end();
      case "/events":
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        response.write("data: one\n\n");
        // The second comes only once the page has told that it has the first.
        server.once("told", () => response.end("data: two\n\n"));
        return undefined;
      case "/told":
        server.emit("told");
        return json(response, 200, {});
      default:
        return json(response, 404, { error: "no such path" });
    }
  });
  server.on("upgrade", (request, socket) => {
    if (!own(request)) return socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    const key = request.headers["sec-websocket-key"];
    const accept = createHash("sha1").update(key + MAGIC).digest("base64");
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.on("error", () => {});
    socket.once("data", (frame) => {
      // A short masked text frame, echoed.
      const length = frame[1] & 0x7f;
      const mask = frame.subarray(2, 6);
      const text = frame.subarray(6, 6 + length).map((byte, place) => byte ^ mask[place % 4]);
      socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
    });
    return undefined;
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, seen, url: `http://127.0.0.1:${server.address().port}` };
}
