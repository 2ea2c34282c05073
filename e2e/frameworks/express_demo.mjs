// The demo server's endpoints as an application of Express that knows nothing of CORS: what they say
// of it is left out. The printed Express recipe is pasted in.
import { request } from "node:http";
import express from "express";
const app = express();
/* RECIPE */
app.use((req, res, next) => {
  const { method, url: path, headers } = req;
  const asked = request("/* DEMO */", { method, path, headers }, (answer) => {
    res.status(answer.statusCode);
    for (const [name, value] of Object.entries(answer.headers))
      if (!/^(access-control-.*|vary|connection|transfer-encoding)$/.test(name)) res.set(name, value);
    answer.pipe(res);
  });
  asked.on("error", next);
  req.pipe(asked);
});
app.use((error, req, res, next) => res.status(502).send("the demo server is down"));
const server = app.listen(0, "127.0.0.1", () => console.log(`PORT ${server.address().port}`));
