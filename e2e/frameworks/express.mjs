// The application that the Express recipe is pasted into.
import express from "express";
const app = express();
/* RECIPE */
app.use("/private", (req, res, next) =>
  req.headers.authorization ? next() : res.status(401).send("who are you?"),
);
app.options("/items", (req, res) => res.set("X-Plain", "yes").send("app"));
app.all(["/items", "/private"], (req, res) => res.set({ "X-Total": "3", "X-Own": "4" }).json([]));
app.get("/own", (req, res) =>
  res
    .set("Access-Control-Allow-Origin", "https://own.example")
    .set("Access-Control-Allow-Credentials", "true")
    .vary("Accept-Encoding")
    .send("own"),
);
app.post("/405", (req, res) => res.status(405).set("Allow", "GET").send("no"));
app.get("/500", () => {
  throw new Error("as it should");
});
app.use((error, req, res, next) => res.status(500).send("failed"));
const server = app.listen(0, "127.0.0.1", () => console.log(`PORT ${server.address().port}`));
