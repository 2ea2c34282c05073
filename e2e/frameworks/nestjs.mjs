// The application that the NestJS recipe is pasted into. Decorators are called as functions, so that
// Node needs no compiler.
import "reflect-metadata";
import * as common from "@nestjs/common";
import * as core from "@nestjs/core";

class Items {
  items(request, response) {
    response.setHeader(request.method === "OPTIONS" ? "X-Plain" : "X-Total", "yes");
    response.json([]);
  }
  fail() {
    throw new Error("as it should");
  }
  closed() {
    throw new common.UnauthorizedException();
  }
}
common.Controller()(Items);
for (const [name, route] of [
  ["items", common.All("items")],
  ["fail", common.Get("500")],
  ["closed", common.Get("private")],
]) {
  route(Items.prototype, name, Object.getOwnPropertyDescriptor(Items.prototype, name));
}
common.Req()(Items.prototype, "items", 0);
common.Res()(Items.prototype, "items", 1);
class App {}
common.Module({ controllers: [Items] })(App);

const app = await core.NestFactory.create(App, { logger: false });
/* RECIPE */
await app.listen(0, "127.0.0.1");
console.log(`PORT ${app.getHttpServer().address().port}`);
