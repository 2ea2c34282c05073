use corscope_fetch::policy::Policy;

use super::plan::{Lines, Plan};
use super::python::{answer, imports, is_allowed};
use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "flask",
    aliases: &["flask-cors", "wsgi"],
    title: "Flask",
    kind: StackKind::Framework,
    assurance: Assurance::Run,
    language: "python",
    file: "cors.py and app.py",
    place: "the class in cors.py, the last line in app.py, after `app = Flask(__name__)`",
    pitfalls: &[
        "a bare `CORS(app)` of Flask-CORS lets every site in, with supports_credentials too",
        "Flask-CORS takes an origin with a star or a bracket for a regular expression, and matches \
         only its start: `.*example.com` lets example.com.evil.test in",
        "Flask-CORS sends no `Vary: Origin` to refused origins and to requests without Origin, so \
         that a cache hands their answer to everybody: this class always does",
        "Flask itself answers OPTIONS with 200 and no CORS headers; a before_request that asks for \
         a login answers preflights with 401",
        "take CORS headers out of after_request functions: the class replaces them, a proxy in \
         front would double them",
        "in debug mode, an unhandled exception leaves Flask before it is an answer",
    ],
    signs: &[("server", "werkzeug")],
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
    lines.add("    def __call__(self, environ, start_response):");
    lines.add("        origin = environ.get(\"HTTP_ORIGIN\")");
    lines.add("        asked = environ.get(\"HTTP_ACCESS_CONTROL_REQUEST_METHOD\")");
    if plan.echoes_headers() {
        lines.add(
            "        asked_headers = environ.get(\"HTTP_ACCESS_CONTROL_REQUEST_HEADERS\", \"\")",
        );
    }
    lines.add("        is_options = environ[\"REQUEST_METHOD\"] == \"OPTIONS\"");
    lines.add("        preflight = is_options and origin is not None and asked is not None");
    answer(&plan, "        ", &mut lines);
    lines.add("\n        if preflight:");
    lines.add("            start_response(\"204 No Content\", cors)\n            return []\n");
    lines.add("        def start_with_cors(status, headers, exc_info=None):");
    lines.add("            # What the app says itself is replaced, never doubled.");
    lines.add("            kept = [");
    lines.add("                (name, value)\n                for name, value in headers");
    lines.add("                if not name.lower().startswith(\"access-control-\")");
    lines.add("            ]");
    lines.add("            return start_response(status, kept + cors, exc_info)\n");
    lines.add("        return self.app(environ, start_with_cors)\n\n");
    lines.add("# app.py: around the whole app, so that 401, 404 and 500 carry the headers, too");
    lines.add("app.wsgi_app = CorsPolicy(app.wsgi_app)");
    Rendered {
        code: lines.text(),
        limits: plan.limits(),
    }
}
