use corscope_fetch::policy::Policy;

use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "vite",
    aliases: &["sveltekit", "vue-cli"],
    title: "Vite's development proxy",
    kind: StackKind::DevProxy,
    assurance: Assurance::Run,
    language: "javascript",
    file: "vite.config.js",
    place: "the server section; put your API's address in target",
    pitfalls: &[
        "it only runs in development: in production, serve both from one origin or allow the page's origin",
        "the page must ask for /api/…, not for the API's full address",
        "cookies with Secure do not stick on http://localhost in every browser",
        "a redirect to the API's own address leaves the proxy again",
    ],
    signs: &[],
    render,
};

const CODE: &str = r#"import { defineConfig } from "vite";

export default defineConfig({
  server: {
    proxy: {
      // The page asks its own origin for /api/…, so that no CORS is needed.
      "/api": {
        target: "https://api.example.com",
        changeOrigin: true, // the Host header names the target
        cookieDomainRewrite: "", // cookies become the page's own
        configure(proxy) {
          // A server that refuses unknown origins would refuse localhost.
          proxy.on("proxyReq", (request) => request.removeHeader("origin"));
        },
      },
    },
  },
});
"#;

fn render(policy: &Policy) -> Rendered {
    super::dev_proxy::rendered(CODE, policy)
}
