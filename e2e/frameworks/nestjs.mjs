// The application that the NestJS recipe is pasted into. Decorators are called as functions, so that
// Node needs no compiler.
import "reflect-metadata";
import * as common from "@nestjs/common";
import * as core from "@nestjs/core";

class Items {
  items(request, response) {
    if (request.method === "OPTIONS") response.setHeader("X-Plain", "yes");
    else response.set({ "X-Total": "3", "X-Own": "4" });
    response.json([]);
  }
  own(request, response) {
    response.setHeader("Access-Control-Allow-Origin", "https://own.example");
    response.setHeader("Access-Control-Allow-Credentials", "true");
    response.vary("Accept-Encoding").send("own");
  }
  fail() {
    throw new Error("as it should");
  }
  refused() {
    throw new common.MethodNotAllowedException();
  }
  closed(request) {
    if (!request.headers.authorization) throw new common.UnauthorizedException();
    return [];
  }
}
common.Controller()(Items);
for (const [name, route] of [
  ["items", common.All("items")],
  ["own", common.Get("own")],
  ["fail", common.Get("500")],
  ["refused", common.Post("405")],
  ["closed", common.Get("private")],
]) {
  route(Items.prototype, name, Object.getOwnPropertyDescriptor(Items.prototype, name));
}
for (const name of ["items", "own", "closed"]) common.Req()(Items.prototype, name, 0);
for (const name of ["items", "own"]) common.Res()(Items.prototype, name, 1);
class App {}
common.Module({ controllers: [Items] })(App);

const app = await core.NestFactory.create(App, { logger: false });
/* RECIPE */
await app.listen(0, "127.0.0.1");
console.log(`PORT ${app.getHttpServer().address().port}`);
