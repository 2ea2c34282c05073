// The application that the Express recipe is pasted into.
import express from "express";
const app = express();
/* RECIPE */
app.use("/private", (req, res) => res.status(401).send("who are you?"));
app.options("/items", (req, res) => res.set("X-Plain", "yes").send("app"));
app.all("/items", (req, res) => res.set("X-Total", "3").json([]));
app.get("/500", () => {
  throw new Error("as it should");
});
app.use((error, req, res, next) => res.status(500).send("failed"));
const server = app.listen(0, "127.0.0.1", () => console.log(`PORT ${server.address().port}`));
