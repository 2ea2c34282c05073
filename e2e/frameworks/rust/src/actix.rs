//! The routes that the actix-web recipe is put around.

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/items")
                .route(web::method(Method::OPTIONS).to(plain))
                .default_service(web::to(items)),
        )
        .route("/private", web::to(private))
        .route("/own", web::get().to(own))
        .service(web::resource("/405").route(web::get().to(items)))
        .route("/500", web::get().to(fail));
}

async fn items() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("X-Total", "3"))
        .insert_header(("X-Own", "4"))
        .body("[]")
}

async fn plain() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("X-Plain", "yes"))
        .body("app")
}

async fn private(request: HttpRequest) -> HttpResponse {
    if request.headers().contains_key("Authorization") {
        return items().await;
    }
    HttpResponse::Unauthorized().body("who are you?")
}

async fn own() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Access-Control-Allow-Origin", "https://own.example"))
        .insert_header(("Access-Control-Allow-Credentials", "true"))
        .insert_header(("Vary", "Accept-Encoding"))
        .body("own")
}

async fn fail() -> Result<HttpResponse, std::io::Error> {
    Err(std::io::Error::other("as it should"))
}
