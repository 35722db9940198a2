//! What the agent would say to a request: `/explain`.

use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;

use hyper::HeaderMap;
use policy::decide::{Said, Step};
use policy::facts::Connection;
use policy::session::{CacheError, SessionCache};
use policy::verdict::Value;
use policy::{Request, Timestamp};

use super::Context;
use super::parameters::Parameters;

/// A verdict as it is shown.
pub(super) struct Explanation {
    at: Timestamp,
    policy: String,
    ip: Option<IpAddr>,
    fields: Vec<(&'static str, Field)>,
    steps: Vec<Told>,
}

/// What a rule said, and where it stands.
struct Told {
    reason: String,
    code: String,
    said: &'static str,
    shadow: bool,
    /// Its line in the policy and its key; a rule that every policy has stands nowhere.
    place: Option<(u64, String)>,
}

enum Field {
    Text(String),
    Number(u64),
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
            fields.push((
                name,
                match value {
                    Value::Number(number) => Field::Number(number),
                    text => Field::Text(text.to_string()),
                },
            ));
            Ok(())
        });
        let policy = context.reload.known().fingerprint;
        Ok(Self { at, policy, ip: verdict.client.ip, fields, steps: steps.iter().map(Told::of).collect() })
    }

    /// An object with the fields of the verdict and what they hold for.
    pub(super) fn json(&self) -> String {
        let fields = self.fields.iter().map(|(name, field)| {
            let value = match field {
                Field::Text(text) => text.as_str().into(),
                Field::Number(number) => (*number).into(),
            };
            ((*name).to_owned(), value)
        });
        let verdict: serde_json::Map<String, serde_json::Value> = fields.collect();
        let explanation = serde_json::json!({
            "at": self.at.to_string(),
            "policy": self.policy,
            "ip": self.ip.map(|ip| ip.to_string()),
            "limits": WITHOUT_LIMITS,
            "verdict": verdict,
            "steps": self.steps.iter().map(Told::json).collect::<Vec<_>>(),
        });
        format!("{explanation}\n")
    }

    /// The same for people, a field a line.
    pub(super) fn text(&self) -> String {
        let ip = self.ip.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string());
        let mut text =
            format!("at: {}\npolicy: {}\nip: {ip}\nlimits: {WITHOUT_LIMITS}\n\n", self.at, self.policy);
        for (name, field) in &self.fields {
            let value = match field {
                // The client writes a part of what is shown.
                Field::Text(text) => {
                    text.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'")
                }
                Field::Number(number) => number.to_string(),
            };
            text.push_str(&format!("{name}: {value}\n"));
        }
        if !self.steps.is_empty() {
            text.push_str("\nrules, as they were asked\n");
        }
        self.steps.iter().for_each(|step| text.push_str(&format!("{step}\n")));
        text
    }
}

impl Told {
    fn of(step: &Step<'_>) -> Self {
        let place = step.rule.place.as_ref();
        Self {
            reason: step.rule.reason.to_string(),
            code: step.rule.code.to_string(),
            said: match step.said {
                Said::Passes => "passes",
                Said::PassesFilters => "passes the filters",
                Said::Refused => "refused",
                Said::Exempt(_) => "exempt from stages",
                Said::Free => "free of limits",
                Said::Counted { .. } => "counted",
            },
            shadow: step.shadow,
            place: place.map(|place| (place.line, place.key.to_string())),
        }
    }

    fn json(&self) -> serde_json::Value {
        let (line, key) = self.place.as_ref().map(|(line, key)| (*line, key.as_str())).unzip();
        serde_json::json!({
            "reason": self.reason,
            "code": self.code,
            "said": self.said,
            "shadow": self.shadow,
            "line": line,
            "key": key,
        })
    }
}

/// `ua.library_default, code 7da2a9c: refused (line 94, user_agents.stages.library_default[0])`
impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, code {}: {}", self.reason, self.code, self.said)?;
        if self.shadow {
            f.write_str(", in shadow")?;
        }
        match &self.place {
            Some((line, key)) => write!(f, " (line {line}, {key})"),
            None => Ok(()),
        }
    }
}
