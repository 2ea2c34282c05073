use corscope_fetch::policy::Policy;

use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "webpack",
    aliases: &["webpack-dev-server", "create-react-app"],
    title: "webpack-dev-server's proxy",
    kind: StackKind::DevProxy,
    assurance: Assurance::Rendered,
    language: "javascript",
    file: "webpack.config.js",
    place: "the devServer section; put your API's address in target",
    pitfalls: &[
        "it only runs in development: in production, serve both from one origin or allow the page's origin",
        "the page must ask for /api/…, not for the API's full address",
        "since webpack-dev-server 5, proxy is a list, no longer an object",
        "Create React App reads src/setupProxy.js instead",
    ],
    signs: &[],
    render,
};

const CODE: &str = r#"module.exports = {
  devServer: {
    proxy: [
      {
        // The page asks its own origin for /api/…, so that no CORS is needed.
        context: ["/api"],
        target: "https://api.example.com",
        changeOrigin: true, // the Host header names the target
        cookieDomainRewrite: "", // cookies become the page's own
        // A server that refuses unknown origins would refuse localhost.
        onProxyReq: (request) => request.removeHeader("origin"),
      },
    ],
  },
};
"#;

fn render(policy: &Policy) -> Rendered {
    super::dev_proxy::rendered(CODE, policy)
}
