// Serves a page with Vite's development server, configured as vite.config.js beside package.json says.
// `process.argv[2]` is replaced by its directory.
import { createServer } from "vite";
const root = process.argv[2];
const server = await createServer({
  root,
  configFile: `${root}/vite.config.js`,
  logLevel: "silent",
  server: { host: "127.0.0.1", port: 0, hmr: false, ws: false },
});
await server.listen();
console.log(`PORT ${server.httpServer.address().port}`);
