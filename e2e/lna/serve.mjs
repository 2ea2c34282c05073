// A page on a public address asks a server on loopback; beside it runs the program given on the command
// line, whose end ends this. Wants a network of its own, in which the address can be had.
import { spawn } from "node:child_process";
import { createServer } from "node:http";

const [address, program, ...args] = process.argv.slice(2);

const listening = (server, host) =>
  new Promise((ready) => server.listen(0, host, () => ready(server.address().port)));

const api = createServer((_, response) => {
  response.writeHead(200, { "Access-Control-Allow-Origin": "*" });
  response.end("here");
});
const apiPort = await listening(api, "127.0.0.1");

const site = createServer((_, response) => {
  response.writeHead(200, { "Content-Type": "text/html" });
  response.end(`<!doctype html><title>lna</title>
    <script>fetch("http://127.0.0.1:${apiPort}/item").catch(() => {})</script>`);
});
const sitePort = await listening(site, address);

const child = spawn(program, args.map((it) => it.replace("{page}", `http://${address}:${sitePort}/`)), {
  stdio: "inherit",
});
process.on("SIGINT", () => child.kill("SIGINT"));
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code) => process.exit(code ?? 1));
