use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan};
use super::python::{answer, imports, is_allowed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "fastapi",
    aliases: &["starlette", "asgi"],
    title: "FastAPI and Starlette",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "python",
    file: "cors.py and main.py",
    place: "the class in cors.py, the last line at the end of main.py, after all routes",
    pitfalls: &[
        "with add_middleware(CORSMiddleware), an unhandled exception answers 500 without CORS \
         headers: the whole app has to be wrapped",
        "Starlette's CORSMiddleware allows Content-Type and three more request-headers whatever \
         allow_headers says",
        "Starlette's CORSMiddleware sends no `Vary: Origin` to requests without Origin, so that a \
         cache hands their answer to everybody: this class always does",
        "allow_origins=[\"*\"] with allow_credentials=True lets every site in",
        "a redirect to the URL with a slash points to http behind a TLS proxy: start uvicorn with \
         --proxy-headers",
        "the wrapped app has no .get and .include_router any more: wrap it last",
    ],
    signs: &[("server", "uvicorn"), ("server", "hypercorn")],
    render,
};

fn render(policy: &Policy) -> Rendered {
    let plan = Plan::new(policy);
    let mut lines = Lines::default();
    lines.add("# cors.py");
    imports(&plan, &mut lines);
    is_allowed(&plan, &mut lines);
    lines.add("class CorsPolicy:");
    lines.add(
        "    \"\"\"Answers preflights, and adds the CORS headers to every other answer.\"\"\"\n",
    );
    lines.add("    def __init__(self, app):\n        self.app = app\n");
    lines.add("    async def __call__(self, scope, receive, send):");
    lines.add("        if scope[\"type\"] != \"http\":");
    lines.add("            await self.app(scope, receive, send)\n            return\n");
    lines.add("        request = {");
    lines.add("            name.decode(\"latin-1\").lower(): value.decode(\"latin-1\")");
    lines.add("            for name, value in scope[\"headers\"]\n        }");
    lines.add("        origin = request.get(\"origin\")");
    lines.add("        asked = request.get(\"access-control-request-method\")");
    if plan.echoes_headers() {
        lines.add("        asked_headers = request.get(\"access-control-request-headers\", \"\")");
    }
    lines.add("        is_options = scope[\"method\"] == \"OPTIONS\"");
    lines.add("        preflight = is_options and origin is not None and asked is not None");
    answer(&plan, "        ", &mut lines);
    lines.add(
        "        cors = [(name.encode(), value.encode(\"latin-1\")) for name, value in cors]\n",
    );
    lines.add("        if preflight:");
    lines.add("            start = {\"type\": \"http.response.start\", \"status\": 204, \"headers\": cors}");
    lines.add("            await send(start)");
    lines.add("            await send({\"type\": \"http.response.body\"})\n            return\n");
    lines.add("        async def send_with_cors(message):");
    lines.add("            if message[\"type\"] == \"http.response.start\":");
    lines.add("                # What the app says itself is replaced, never doubled.");
    lines.add("                kept = [");
    lines.add("                    (name, value)");
    lines.add("                    for name, value in message.get(\"headers\", [])");
    lines.add("                    if not name.lower().startswith(b\"access-control-\")");
    lines.add("                ]");
    lines.add("                message = {**message, \"headers\": kept + cors}");
    lines.add("            await send(message)\n");
    lines.add("        await self.app(scope, receive, send_with_cors)\n\n");
    lines.add("# main.py: around the whole app, so that 401, 404 and 500 carry the headers, too");
    lines.add("app = CorsPolicy(app)");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
