//! Reading an origin gives back the text that was read, or says what a browser would write; and a
//! URL's origin is one that reads.

#![no_main]

use corscope_fetch::origin::{OriginError, UrlOrigin, same_origin, url_origin};
use corscope_fetch::{AddressSpace, Origin};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|text: &str| {
    match Origin::parse(text) {
        Ok(origin) => {
            assert_eq!(origin.serialized(), text);
            assert_eq!(*origin.shared(), *text);
            assert_eq!(origin == Origin::Opaque, text == "null");
            let _ = (origin.scheme(), origin.host());
        }
        Err(OriginError::NotSerialized(right)) => {
            // What it proposes instead is an origin.
            assert!(Origin::parse(&right).is_ok(), "{right:?}");
        }
        Err(_) => {}
    }
    let Ok(url) = Url::parse(text) else { return };
    let of_url = Origin::of(&url);
    if let Origin::Tuple(serialized) = &of_url {
        assert_eq!(
            Origin::parse(serialized),
            Ok(of_url.clone()),
            "{serialized}"
        );
    }
    assert!(!Origin::Opaque.is_same_as(&url));
    let is_tuple = matches!(url_origin(&url), UrlOrigin::Tuple(_));
    assert_eq!(same_origin(&url, &url), is_tuple);
    assert_eq!(of_url.is_same_as(&url), is_tuple);
    if let Some(space) = corscope_fetch::local_network_access::address_space_of(&url) {
        assert!(space <= AddressSpace::Public);
    }
    if url.scheme() == "data" {
        let _ = corscope_fetch::data_url::body(&url);
    }
});
