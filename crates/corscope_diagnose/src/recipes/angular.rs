use corscope_fetch::policy::Policy;

use crate::recipe::{Assurance, Recipe, Rendered, StackKind};

pub(super) static RECIPE: Recipe = Recipe {
    stack: "angular",
    aliases: &["angular-cli", "ng-serve"],
    title: "Angular's development proxy",
    kind: StackKind::DevProxy,
    assurance: Assurance::Rendered,
    language: "json",
    file: "src/proxy.conf.json",
    place: "named by \"proxyConfig\": \"src/proxy.conf.json\" in the serve options of angular.json; put your API's address in target",
    pitfalls: &[
        "it only runs in development: in production, serve both from one origin or allow the page's origin",
        "the page must ask for /api/…, not for the API's full address",
        "ng serve must be started again after a change",
        "a server that refuses unknown origins refuses localhost: take Origin out with a proxy.conf.mjs",
    ],
    signs: &[],
    render,
};

const CODE: &str = r#"{
  "/api/**": {
    "target": "https://api.example.com",
    "secure": true,
    "changeOrigin": true,
    "cookieDomainRewrite": ""
  }
}
"#;

fn render(policy: &Policy) -> Rendered {
    super::dev_proxy::rendered(CODE, policy)
}
