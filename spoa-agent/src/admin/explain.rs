//! What the agent would say to a request: `/explain`.

use std::convert::Infallible;
use std::net::IpAddr;

use hyper::HeaderMap;
use policy::decide::Step;
use policy::facts::Connection;
use policy::session::{CacheError, SessionCache};
use policy::{Request, Timestamp};

use super::Context;
use super::parameters::Parameters;

/// A verdict as it is shown.
pub(super) struct Explanation {
    at: Timestamp,
    policy: String,
    ip: Option<IpAddr>,
    /// The fields of the verdict, as variables have them.
    fields: Vec<(&'static str, String)>,
    /// The steps, a line each.
    steps: Vec<String>,
    /// Verdict and steps for programs, as `provenancectl explain --json` has them.
    told: (serde_json::Value, serde_json::Value),
}

/// What is said beside the fields, since an answer without it would be taken for the whole.
const WITHOUT_LIMITS: &str = "rate limits are not asked and not charged";

impl Explanation {
    /// Judges the request that `asked` describes; what it does not say is that of the request that asks.
    ///
    /// Tokens are verified with a memory that is thrown away: what is asked here, at whatever time, changes nothing for anybody's
    /// requests.
    ///
    /// # Errors
    /// If there is no memory for that.
    pub(super) fn of(
        context: &Context,
        asked: &Parameters,
        peer: Option<IpAddr>,
        own: &HeaderMap,
    ) -> Result<Self, CacheError> {
        let sessions = SessionCache::new(1, [0; 32])?;
        let in_force = context.service.policy().get();
        let policy = &in_force.policy;
        let mut headers = policy.headers();
        // Of a header that is given twice the first counts.
        for (name, value) in &asked.headers {
            headers.record(name.as_bytes(), value.as_bytes());
        }
        for (name, value) in own {
            // For whom the asker's proxy speaks is not for whom the address in the question does.
            if asked.ip.is_none() || name != "x-forwarded-for" {
                headers.record(name.as_str().as_bytes(), value.as_bytes());
            }
        }
        let request = Request {
            ip: asked.ip.or(peer),
            method: asked.method.as_deref().unwrap_or("GET").as_bytes(),
            host: asked.host.as_deref().map(str::as_bytes).or(headers.host()).unwrap_or_default(),
            path: asked.path.as_deref().unwrap_or("/").as_bytes(),
            query: asked.query.as_deref().map(str::as_bytes),
            headers,
            connection: Connection { version: asked.version, tls: asked.tls, tls_label: asked.tls_label },
        };
        let at = asked.at.unwrap_or_else(|| context.clock.now());
        let (verdict, steps) = policy.explain(&request, &sessions, None, at);
        let mut fields = Vec::new();
        let _: Result<(), Infallible> = verdict.each_field(|name, value| {
            fields.push((name, value.to_string()));
            Ok(())
        });
        let told = (serde_json::json!(verdict), serde_json::json!(steps));
        let policy = context.reload.known().fingerprint;
        Ok(Self { at, policy, ip: verdict.client.ip, fields, steps: steps.iter().map(line).collect(), told })
    }

    /// An object with the fields of the verdict and what they hold for.
    pub(super) fn json(&self) -> String {
        let (verdict, steps) = &self.told;
        let explanation = serde_json::json!({
            "at": self.at.to_string(),
            "policy": self.policy,
            "ip": self.ip.map(|ip| ip.to_string()),
            "limits": WITHOUT_LIMITS,
            "verdict": verdict,
            "steps": steps,
        });
        format!("{explanation}\n")
    }

    /// The same for people, a field a line.
    pub(super) fn text(&self) -> String {
        let ip = self.ip.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string());
        let mut text =
            format!("at: {}\npolicy: {}\nip: {ip}\nlimits: {WITHOUT_LIMITS}\n\n", self.at, self.policy);
        for (name, field) in &self.fields {
            // The client writes a part of what is shown.
            let value = field.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'");
            text.push_str(&format!("{name}: {value}\n"));
        }
        if !self.steps.is_empty() {
            text.push_str("\nrules, as they were asked\n");
        }
        self.steps.iter().for_each(|step| text.push_str(&format!("{step}\n")));
        text
    }
}

/// `ua.library_default, code 7da2a9c: refused (line 94, user_agents.stages.library_default[0])`
fn line(step: &Step<'_>) -> String {
    let Step { rule, said, shadow } = step;
    let shadow = if *shadow { ", in shadow" } else { "" };
    let place = match &rule.place {
        Some(place) => format!(" (line {}, {})", place.line, place.key),
        None => String::new(),
    };
    format!("{}, code {}: {}{shadow}{place}", rule.reason, rule.code, said.as_str())
}
