// Tries the gateway from pages in Chromium. One line of JSON a check: {check, holds, detail}.
// usage: node pages.mjs <directory of node_modules> <chromium> <corscope> <empty directory>
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { startApi } from "./api.mjs";

const [packages, executablePath, corscope, folder] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/`)("playwright-core");
const closing = [];

async function gateway(...args) {
  const child = spawn(corscope, ["gateway", "--format", "jsonl", "--listen", "127.0.0.1:0", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  closing.push(() => child.kill("SIGTERM"));
  const told = [];
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise((ready) => {
    lines.once("line", (line) => ready(JSON.parse(line)));
  });
  lines.on("line", (line) => told.push(JSON.parse(line)));
  // Cookies of 127.0.0.1 are another site's to a page at localhost.
  return { url: first.gateway.replace("127.0.0.1", "localhost"), told };
}

const report = (check, holds, detail) =>
  console.log(JSON.stringify({ check, holds: Boolean(holds), detail: JSON.stringify(detail) }));

// What the page itself does.
const ask = async ([url, options]) => {
  try {
    const response = await fetch(url, options);
    return {
      status: response.status,
      url: response.url,
      body: await response.text(),
      total: response.headers.get("X-Total"),
      app: response.headers.get("X-App"),
      error: response.headers.get("X-Corscope-Error"),
    };
  } catch (error) {
    return error.name;
  }
};
const echo = (url) =>
  new Promise((done) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => done(data);
    socket.onerror = () => done("error");
  });
const events = ([url, told]) =>
  new Promise((done) => {
    const got = [];
    const source = new EventSource(url);
    source.onmessage = ({ data }) => {
      got.push(data);
      if (got.length === 1) fetch(told);
      if (got.length === 2) {
        source.close();
        done(got.join());
      }
    };
    source.onerror = () => done(`error after ${got.join()}`);
  });

async function crossOrigin(page, evil, api, { url, told }) {
  const get = (path, options = {}, from = page) => from.evaluate(ask, [url + path, options]);
  let got = await get("/items", { credentials: "include" });
  report("fetch with credentials is readable", got.status === 200 && got.total === "3", got);
  got = await get("/items", {
    method: "PUT",
    headers: { "Content-Type": "application/json", "X-Token": "t" },
    body: "[1]",
    credentials: "include",
  });
  const put = got.status === 200 ? JSON.parse(got.body) : {};
  report("a preflighted PUT arrives", put.method === "PUT" && put.body === "[1]" && put.token === "t", got);
  const preflights = api.seen.filter((line) => line.startsWith("OPTIONS"));
  report("preflights do not reach the API", preflights.length === 0, preflights);
  got = await get("/items", { method: "OPTIONS" });
  report("a plain OPTIONS reaches the API", got.status === 204 && got.app === "asked", got);
  got = await get("/items", {}, evil);
  report("a refused origin cannot read", got === "TypeError", got);
  got = await get("/items", { method: "PUT", headers: { "X-Token": "t" } }, evil);
  report("a refused origin cannot PUT", got === "TypeError", got);
  got = await get("/error");
  report("the API's 500 is readable", got.status === 500 && got.body.includes("broken"), got);
  got = await get("/old");
  report("a redirect stays at the gateway", got.status === 200 && got.url === `${url}/items`, got);
  await get("/login", { credentials: "include" });
  got = await get("/me", { credentials: "include" });
  report("a cookie is set and sent back", got.body?.includes("session=s3cret"), got);
  const socket = url.replace("http:", "ws:") + "/ws";
  got = await page.evaluate(echo, socket);
  report("a WebSocket echoes", got === "hello", got);
  got = await evil.evaluate(echo, socket);
  report("a refused origin opens no WebSocket", got === "error", got);
  got = await page.evaluate(events, [`${url}/events`, `${url}/told`]);
  report("events come one by one", got === "one,two", got);
  const notices = told.filter(({ notice }) => notice === "origin-refused");
  report("the refused origin is told of once", notices.length === 1, notices);
  const put_told = told.find((line) => JSON.stringify(line).includes('"PUT"'));
  report("the session is told, as modified", JSON.stringify(put_told ?? "").includes("gateway"), put_told);
}

async function sameOrigin(page, api, { url }) {
  const before = api.seen.length;
  await page.goto(url);
  const title = await page.title();
  report("the folder's page is served", title === "the app", title);
  const got = await page.evaluate(ask, ["/api/items", { method: "PUT", headers: { "X-Token": "t" } }]);
  report("its API has the same origin", got.status === 200 && got.body.includes('"PUT"'), got);
  const asked = api.seen.slice(before);
  report("and needs no preflight", asked.join() === "PUT /items", asked);
  const socket = await page.evaluate(echo, `${url.replace("http:", "ws:")}/api/ws`);
  report("its WebSocket works", socket === "hello", socket);
  const missing = await page.evaluate(ask, ["/none.js", {}]);
  report("a file that is not there is 404", missing.status === 404, missing);
}

try {
  const api = await startApi();
  const pages = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>a page</title>");
  });
  await new Promise((listening) => pages.listen(0, "127.0.0.1", listening));
  closing.push(() => {
    for (const server of [api.server, pages]) {
      server.close();
      server.closeAllConnections();
    }
  });
  const { port } = pages.address();
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      `--host-resolver-rules=MAP evil.example 127.0.0.1:${port}`,
      // Where the pages lie is not what is tried here.
      "--disable-features=LocalNetworkAccessChecks",
    ],
  });
  closing.push(() => browser.close());
  const context = await browser.newContext();
  const page = await context.newPage();
  const evil = await context.newPage();
  await page.goto(`http://localhost:${port}/`);
  await evil.goto("http://evil.example/");

  const added = await gateway("--to", api.url, "--credentials");
  await crossOrigin(page, evil, api, added);

  const dead = await gateway("--to", "http://127.0.0.1:1");
  const got = await page.evaluate(ask, [`${dead.url}/`, {}]);
  const readable = got.status === 502 && got.error === "connection-refused" && got.body.includes("corscope");
  report("an API that is down is told of readably", readable, got);

  writeFileSync(`${folder}/index.html`, "<!doctype html><title>the app</title>");
  const mounted = await gateway("--to", api.url, "--mount", "/api", "--app", folder);
  await sameOrigin(page, api, mounted);
} catch (error) {
  report("the browser works", false, String(error?.stack ?? error));
} finally {
  for (const close of closing.reverse()) await close();
}
