use super::SIGNALS;
use crate::compile::Compiler;
use crate::document::BrowserScoreDocument;

/// Greatest weight of a signal.
const MAX_WEIGHT: u16 = 1000;

/// Section `browser_score`, compiled: what each signal counts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserScore {
    weights: [u16; SIGNALS.len()],
}

impl Default for BrowserScore {
    fn default() -> Self {
        Self { weights: SIGNALS.map(|signal| signal.weight) }
    }
}

impl BrowserScore {
    pub(super) fn weights(&self) -> &[u16; SIGNALS.len()] {
        &self.weights
    }

    pub(crate) fn compile(section: &BrowserScoreDocument, compiler: &mut Compiler<'_>) -> Self {
        let given = &section.weights;
        let given = [
            &given.user_agent,
            &given.fetch_metadata,
            &given.client_hints,
            &given.accept,
            &given.accept_language,
            &given.accept_encoding,
            &given.http_version,
            &given.seal,
            &given.tls,
        ];
        let mut score = Self::default();
        for ((weight, given), signal) in score.weights.iter_mut().zip(given).zip(SIGNALS) {
            let Some(given) = given else { continue };
            if given.value > MAX_WEIGHT {
                let message = format!("{} is no weight; expected 0 to {MAX_WEIGHT}", given.value);
                compiler.note(given, format!("browser_score.weights.{}", signal.name), message);
            }
            *weight = given.value;
        }
        // Seal and TLS label are not always there: without another signal there would be nothing to count.
        let always = score.weights.iter().take(SIGNALS.len().saturating_sub(2)).any(|weight| *weight > 0);
        if let Some(last) = given.into_iter().flatten().last().filter(|_| !always) {
            let message = "no signal that every request has counts for anything";
            compiler
                .note(last, "browser_score.weights", message)
                .hint("leave out the section for the defaults");
        }
        score
    }
}
