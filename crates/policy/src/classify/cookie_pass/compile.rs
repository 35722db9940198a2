use std::collections::HashSet;
use std::time::Duration;

use serde_saphyr::Spanned;
use sha2::{Digest as _, Sha256};

use super::domain::compile_domain;
use super::{CookiePasses, MAX_VALUE, Pass, Value};
use crate::compile::Compiler;
use crate::document::{CookiePassDocument, CookieValueDocument};
use crate::facts::host::HostPattern;

/// Most passes of a policy: each is looked at for each request of an abusive network.
const MAX_PASSES: usize = 64;
/// Most values of a pass.
const MAX_VALUES: usize = 16;
/// Longest name of a cookie in bytes.
const MAX_NAME: usize = 64;

const DAY: Duration = Duration::from_secs(86_400);
/// How long browsers keep the cookie where the policy does not say.
const DEFAULT_MAX_AGE: Duration = DAY.saturating_mul(365);
/// Longest that browsers keep any cookie (RFC 6265bis, "The Max-Age Attribute").
const MAX_MAX_AGE: Duration = DAY.saturating_mul(400);

impl CookiePasses {
    pub(crate) fn compile(sections: &[CookiePassDocument], compiler: &mut Compiler<'_>) -> Self {
        if let Some(section) = sections.get(MAX_PASSES) {
            let message = format!("more than {MAX_PASSES} passes");
            compiler.note(&section.host, "cookie_passes", message);
        }
        let passes = sections.iter().take(MAX_PASSES).enumerate();
        Self { list: passes.filter_map(|(n, section)| compile(section, n, compiler)).collect() }
    }
}

fn compile(section: &CookiePassDocument, n: usize, compiler: &mut Compiler<'_>) -> Option<Pass> {
    let key = format!("cookie_passes[{n}]");
    let host = HostPattern::compile(&section.host, &format!("{key}.host"), compiler);
    check_name(section, &key, compiler);
    let domain = section
        .domain
        .as_ref()
        .and_then(|domain| compile_domain(domain, host.as_ref(), &format!("{key}.domain"), compiler));
    if section.domain.is_none() && matches!(host, Some(HostPattern::Below(_))) {
        compiler
            .note(
                &section.host,
                &key,
                "without a domain the cookie counts for one host, and there are several",
            )
            .hint(format!("add domain: {}", section.host.value.trim_start_matches('*')));
    }
    let values = compile_values(section, &key, compiler);
    let max_age = compile_max_age(section.max_age.as_ref(), &format!("{key}.max_age"), compiler);
    Some(Pass { host: host?, name: section.name.value.as_str().into(), values, domain, max_age })
}

/// RFC 6265 section 4.1.1: a name is a token.
fn check_name(section: &CookiePassDocument, key: &str, compiler: &mut Compiler<'_>) {
    let name = &section.name;
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !(1..=MAX_NAME).contains(&name.value.len()) || !name.value.bytes().all(token) {
        let message = format!("\"{}\" is not the name of a cookie", name.value.escape_debug());
        compiler.note(name, format!("{key}.name"), message).hint("write a word: GoodFriend");
    }
    // RFC 6265bis, "The "__Host-" Prefix".
    let host_only = name.value.get(..7).is_some_and(|prefix| prefix.eq_ignore_ascii_case("__Host-"));
    if host_only && section.domain.is_some() {
        let message = "browsers take a cookie named __Host-… only without a domain";
        compiler.note(name, format!("{key}.name"), message);
    }
}

fn compile_values(section: &CookiePassDocument, key: &str, compiler: &mut Compiler<'_>) -> Box<[Value]> {
    if section.values.is_empty() || section.values.len() > MAX_VALUES {
        let message = format!("{} values; expected 1 to {MAX_VALUES}", section.values.len());
        compiler.note(&section.name, format!("{key}.values"), message);
    }
    let mut seen = HashSet::new();
    for (n, value) in section.values.iter().enumerate() {
        if !seen.insert(&value.value.value) {
            compiler
                .note(&value.value, format!("{key}.values[{n}].value"), "the value stands there before")
                .hint("keep the one with the later end");
        }
    }
    let values = section.values.iter().take(MAX_VALUES).enumerate();
    values.filter_map(|(n, value)| compile_value(value, &format!("{key}.values[{n}]"), compiler)).collect()
}

fn compile_value(section: &CookieValueDocument, key: &str, compiler: &mut Compiler<'_>) -> Option<Value> {
    let text = section.value.value.as_str();
    if !(1..=MAX_VALUE).contains(&text.len()) || !text.bytes().all(is_cookie_octet) {
        // The value may be a secret, so that the place has to do.
        let message = "not what a cookie can carry";
        compiler.note(&section.value, format!("{key}.value"), message).hint(format!(
            "1 to {MAX_VALUE} of A-Z a-z 0-9 and ASCII signs, without blanks, quotes, \",\", \";\" and \"\\\""
        ));
    }
    let until = compiler.date(&section.until, &format!("{key}.until"))?;
    Some(Value { text: text.into(), digest: Sha256::digest(text).into(), until })
}

/// `cookie-octet` of RFC 6265 section 4.1.1.
fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

fn compile_max_age(max_age: Option<&Spanned<String>>, key: &str, compiler: &mut Compiler<'_>) -> Duration {
    let Some(given) = max_age else { return DEFAULT_MAX_AGE };
    let age = compiler.duration(given, key).unwrap_or(DEFAULT_MAX_AGE);
    if age > MAX_MAX_AGE {
        let message = format!("\"{}\" is longer than browsers keep a cookie", given.value);
        compiler.note(given, key, message).hint("400d at most");
    }
    age
}
