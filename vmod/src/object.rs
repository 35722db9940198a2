//! The object behind `new edge = provenance.policy(…);`.

use std::borrow::Cow;
use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use policy::seal::{SignError, SignRequest};
use policy::session::SessionCache;
use policy::{Policy, Timestamp};
use varnish::Vsc;
use varnish::vcl::{Ctx, LogTag, VclError, VclResult};

use crate::counters::Counters;
use crate::decision::Decision;
use crate::facts;
use crate::image::Image;
use crate::memo::Memo;
use crate::request::RequestUrl;

const NO_REQUEST: &str = "there is no request in vcl_init and vcl_fini";

/// Tokens that an object with section `sessions` remembers, in 0.7 MB.
const SESSION_TOKENS: usize = 10_000;

/// A policy that VCL has given a name.
pub(crate) struct Object {
    id: ObjectId,
    name: Box<str>,
    policy: Policy,
    sessions: SessionCache,
    counters: Vsc<Counters>,
}

/// Tells the objects of a process apart; none is used twice, so that no task mistakes a new object for one that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ObjectId(u64);

impl ObjectId {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Object {
    /// Loads the policy `file` under the name that VCL gives it.
    ///
    /// # Errors
    /// What is wrong with the policy, as a person needs it to put it right; `vcl.load` shows it.
    pub(crate) fn load(ctx: &Ctx<'_>, name: &CStr, file: &CStr) -> VclResult<Self> {
        let file = Path::new(OsStr::from_bytes(file.to_bytes()));
        if !file.is_absolute() {
            return Err(VclError::String(format!(
                "the path of the policy is not absolute: {}",
                file.display()
            )));
        }
        let policy = Policy::load(file).map_err(|error| VclError::String(error.to_string()))?;
        let sessions = session_cache(&policy)?;
        let counters = Counters::publish(ctx, name);
        Ok(Self { id: ObjectId::next(), name: name.to_string_lossy().into(), policy, sessions, counters })
    }

    /// What the URL of the request at hand is worth.
    ///
    /// # Errors
    /// Where there is no request: in `vcl_init` and `vcl_fini`.
    pub(crate) fn image<'m>(&self, ctx: &Ctx<'_>, memo: &'m mut Option<Box<Memo>>) -> VclResult<&'m Image> {
        let request = RequestUrl::of(ctx).ok_or(VclError::Str(NO_REQUEST))?;
        Ok(memo.get_or_insert_default().image(self.id, request, |request| self.judge(request)))
    }

    fn judge(&self, request: RequestUrl<'_>) -> Image {
        let image = self.policy.provenance().map_or(Image::NONE, |provenance| {
            let (path, query) = request.path_and_query();
            provenance.verify(request.host, path, query, now()).into()
        });
        self.counters.count_seal(image.status);
        image
    }

    /// What the policy says of the request at hand, rate limits aside.
    ///
    /// # Errors
    /// Where there is no request: in `vcl_init` and `vcl_fini`.
    pub(crate) fn decision<'m>(
        &self,
        ctx: &Ctx<'_>,
        memo: &'m mut Option<Box<Memo>>,
    ) -> VclResult<&'m Decision> {
        let url = RequestUrl::of(ctx).ok_or(VclError::Str(NO_REQUEST))?;
        Ok(memo.get_or_insert_default().decision(self.id, url, |url| self.decide(ctx, url)))
    }

    fn decide(&self, ctx: &Ctx<'_>, url: RequestUrl<'_>) -> Decision {
        let request = facts::request(&self.policy, ctx, url);
        let verdict = self.policy.decide_without_limits(&request, &self.sessions, now());
        let decision = Decision::new(&verdict, self.policy.answer(&verdict, &request).as_ref());
        self.counters.count_decision(&decision);
        decision
    }

    /// Whether some origin may serve a sitemap for the path of the request at hand.
    ///
    /// # Errors
    /// Where there is no request: in `vcl_init` and `vcl_fini`.
    pub(crate) fn is_sitemap(&self, ctx: &Ctx<'_>) -> VclResult<bool> {
        let (path, _) = RequestUrl::of(ctx).ok_or(VclError::Str(NO_REQUEST))?.path_and_query();
        Ok(self.policy.sitemaps().is_some_and(|sitemaps| sitemaps.is_sitemap_as_sent(path)))
    }

    /// Whether the policy keeps the sitemap from this client. Decides on nothing but requests for a sitemap: all others cost a
    /// look at their path.
    ///
    /// # Errors
    /// Where there is no request: in `vcl_init` and `vcl_fini`.
    pub(crate) fn is_sitemap_denied(&self, ctx: &Ctx<'_>, memo: &mut Option<Box<Memo>>) -> VclResult<bool> {
        Ok(self.is_sitemap(ctx)? && self.decision(ctx, memo)?.is_sitemap_denied)
    }

    /// `url` without provenance and token; if it is the URL of the request at hand, the result stands for it from now on.
    pub(crate) fn strip<'m>(
        &self,
        ctx: &Ctx<'_>,
        memo: &'m mut Option<Box<Memo>>,
        url: &'m [u8],
    ) -> &'m [u8] {
        match self.policy.strip(url) {
            Cow::Owned(mut stripped) => {
                // `GET ?utm_term=x` is no HTTP (RFC 9112 section 3.2.1), but Varnish lets it in, and then an empty
                // `req.url` fails the request.
                if stripped.is_empty() {
                    stripped.push(b'/');
                }
                let memo = memo.get_or_insert_default();
                match RequestUrl::of(ctx).filter(|request| request.url == url) {
                    Some(request) => memo.strip(self.id, request, stripped),
                    None => memo.answer(stripped),
                }
            }
            Cow::Borrowed(_) => url,
        }
    }

    /// The URL with a seal; as it was where it cannot be sealed, which the log then tells.
    pub(crate) fn sign_or_log<'m>(
        &self,
        ctx: &mut Ctx<'_>,
        memo: &'m mut Option<Box<Memo>>,
        url: &'m CStr,
        fields: &SealFields<'_>,
    ) -> &'m [u8] {
        match self.sign(ctx, url, fields) {
            Ok(sealed) => memo.get_or_insert_default().answer(sealed.into()),
            Err(why) => {
                let line = format!("{}.sign(): URL left unsigned: {why}", self.name);
                // A value may come from a client: it does not get a line of its own in the log.
                ctx.log(LogTag::VclError, line.replace(char::is_control, "?"));
                url.to_bytes()
            }
        }
    }

    /// A URL that names no host is for that of the request at hand.
    fn sign(&self, ctx: &Ctx<'_>, url: &CStr, fields: &SealFields<'_>) -> Result<String, Unsigned> {
        let provenance = self.policy.provenance().ok_or(Unsigned::NoSection)?;
        let host = RequestUrl::of(ctx).and_then(|request| str::from_utf8(request.host).ok());
        let request = SignRequest {
            url: text("URL", url)?,
            host,
            site: text("site", fields.site)?,
            generator: text("generator", fields.generator)?,
            format: text("format", fields.format)?,
            source: text("source", fields.source)?,
            scope: None,
        };
        Ok(provenance.sign(&request, now())?)
    }
}

/// What a seal shall say, as VCL gives it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SealFields<'v> {
    pub(crate) site: &'v CStr,
    pub(crate) generator: &'v CStr,
    pub(crate) format: &'v CStr,
    pub(crate) source: &'v CStr,
}

/// Why a URL was left unsigned.
#[derive(Debug, thiserror::Error)]
enum Unsigned {
    #[error("the policy has no section provenance")]
    NoSection,
    #[error("the {0} is not UTF-8")]
    NotUtf8(&'static str),
    #[error(transparent)]
    Refused(#[from] SignError),
}

fn text<'v>(field: &'static str, value: &'v CStr) -> Result<&'v str, Unsigned> {
    value.to_str().map_err(|_| Unsigned::NotUtf8(field))
}

/// Without section `sessions`, nothing is ever remembered.
fn session_cache(policy: &Policy) -> VclResult<SessionCache> {
    let tokens = if policy.sessions().is_some() { SESSION_TOKENS } else { 1 };
    let seed = random().map_err(|error| VclError::String(format!("cannot read /dev/urandom: {error}")))?;
    SessionCache::new(tokens, seed).map_err(|error| VclError::String(format!("sessions: {error}")))
}

fn random<const BYTES: usize>() -> io::Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn now() -> Timestamp {
    SystemTime::now().into()
}
