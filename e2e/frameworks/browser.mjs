// Asks servers from pages in Chromium. One line of JSON in: {"api": "http://127.0.0.1:1"}, or {"page":
// "http://127.0.0.1:1/"} for an API on the page's own origin. One line out: [{check, holds, detail}].
// Or {"fetch": url, "from": page, "options": fetch's}; out: what the page can read, or an error's name.
// usage: node browser.mjs <directory of node_modules> <chromium>
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [packages, executablePath] = process.argv.slice(2);
const { chromium } = createRequire(`${packages}/`)("playwright-core");

const pages = createServer((request, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end("<!doctype html><title>a page</title>");
});
await new Promise((listening) => pages.listen(0, "127.0.0.1", listening));
const browser = await chromium.launch({
  executablePath,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--host-resolver-rules=${["*.example", "localhost"]
      .map((host) => `MAP ${host} 127.0.0.1:${pages.address().port}`)
      .join(", ")}`,
  ],
});

const ALLOWED = "http://page.example:5173/";
const REFUSED = "http://evil.example:5173/";
const PASSWORD = "Basic YW5uOnNlY3JldA==";

// [check, page, path, fetch's options, what must come of it]
const cases = [
  ["GET is readable", ALLOWED, "/items", {}, { status: 200, total: "3" }],
  ["GET with credentials is readable", ALLOWED, "/items", { credentials: "include" }, { status: 200 }],
  ["what is not exposed stays hidden", ALLOWED, "/items", {}, { own: null }],
  [
    "a preflighted PUT with credentials is readable",
    ALLOWED,
    "/items",
    { method: "PUT", headers: { "X-Foo": "1", "Content-Type": "application/json" }, body: "[]", credentials: "include" },
    { status: 200, total: "3" },
  ],
  ["a preflighted DELETE is readable", ALLOWED, "/items", { method: "DELETE" }, { status: 200 }],
  ["a method that is not allowed fails", ALLOWED, "/items", { method: "PATCH" }, "TypeError"],
  ["a header that is not allowed fails", ALLOWED, "/items", { headers: { "X-Bar": "1" } }, "TypeError"],
  ["404 is readable", ALLOWED, "/404", {}, { status: 404 }],
  ["405 is readable", ALLOWED, "/405", { method: "POST" }, { status: 405 }],
  ["500 is readable", ALLOWED, "/500", {}, { status: 500 }],
  ["401 is readable", ALLOWED, "/private", {}, { status: 401 }],
  ["who has authenticated gets in", ALLOWED, "/private", { headers: { Authorization: PASSWORD } }, { status: 200 }],
  ["another site's GET fails", REFUSED, "/items", {}, "TypeError"],
  ["another site's PUT fails", REFUSED, "/items", { method: "PUT", headers: { "X-Foo": "1" } }, "TypeError"],
  ["another site's GET without CORS is sent", REFUSED, "/items", { mode: "no-cors" }, { status: 0 }],
];

// The page's own origin: nothing is cross-origin, so nothing is refused.
const proxied = [
  ["GET is readable", "/items", {}, { status: 200, own: "4" }],
  ["PUT with a header is readable", "/items", { method: "PUT", headers: { "X-Bar": "1" } }, { status: 200 }],
  ["PATCH with credentials is readable", "/items", { method: "PATCH", credentials: "include" }, { status: 200 }],
  ["404 is readable", "/404", {}, { status: 404 }],
  ["405 is readable", "/405", { method: "POST" }, { status: 405 }],
  ["500 is readable", "/500", {}, { status: 500 }],
  ["401 is readable", "/private", {}, { status: 401 }],
];

const ask = async ([url, options]) => {
  try {
    const response = await fetch(url, options);
    return {
      status: response.status,
      total: response.headers.get("X-Total"),
      own: response.headers.get("X-Own"),
    };
  } catch (error) {
    return error.name;
  }
};

const holds = (wanted, got) =>
  typeof wanted === "string"
    ? got === wanted
    : typeof got === "object" && Object.entries(wanted).every(([name, value]) => got[name] === value);

let reader;

async function read({ fetch: url, from, options }) {
  reader ??= await browser.newPage();
  if (reader.url() !== `${from}/`) await reader.goto(from);
  return await reader.evaluate(
    async ([url, { reads, ...options }]) => {
      try {
        const response = await fetch(url, options);
        const { status } = response;
        return { status, body: await response.text(), read: reads && response.headers.get(reads) };
      } catch (error) {
        return error.name;
      }
    },
    [url, options],
  );
}

async function run({ api, page: own }) {
  const list = api
    ? cases
    : proxied.map(([check, path, options, wanted]) => [check, own, path, options, wanted]);
  const base = api ?? new URL("/api", own).href;
  const context = await browser.newContext();
  const page = await context.newPage();
  const results = [];
  for (const [check, from, path, options, wanted] of list) {
    if (page.url() !== from) await page.goto(from);
    const got = await page.evaluate(ask, [base + path, options]);
    results.push({ check, holds: holds(wanted, got), detail: JSON.stringify(got) });
  }
  await context.close();
  return results;
}

console.log(JSON.stringify({ version: browser.version() }));
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const question = JSON.parse(line);
    answer = await (question.fetch ? read : run)(question);
  } catch (error) {
    answer = [{ check: "the browser works", holds: false, detail: String(error) }];
  }
  console.log(JSON.stringify(answer));
}
await browser.close();
pages.close();
pages.closeAllConnections();
