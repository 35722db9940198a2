//! The object behind `new edge = provenance.policy(…);`.

use std::borrow::Cow;
use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use policy::seal::{SignError, SignRequest};
use policy::{Policy, Timestamp};
use varnish::vcl::{Ctx, LogTag, VclError, VclResult};

use crate::image::Image;
use crate::memo::Memo;
use crate::request::RequestUrl;

const NO_REQUEST: &str = "there is no request in vcl_init and vcl_fini";

/// A policy that VCL has given a name.
pub(crate) struct Object {
    id: ObjectId,
    name: Box<str>,
    policy: Policy,
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
    pub(crate) fn load(name: &CStr, file: &CStr) -> VclResult<Self> {
        let file = Path::new(OsStr::from_bytes(file.to_bytes()));
        if !file.is_absolute() {
            return Err(VclError::String(format!(
                "the path of the policy is not absolute: {}",
                file.display()
            )));
        }
        let policy = Policy::load(file).map_err(|error| VclError::String(error.to_string()))?;
        Ok(Self { id: ObjectId::next(), name: name.to_string_lossy().into(), policy })
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
        let Some(provenance) = self.policy.provenance() else { return Image::NONE };
        let (path, query) = request.path_and_query();
        provenance.verify(request.host, path, query, now()).into()
    }

    /// `url` without provenance; if it is the URL of the request at hand, the result stands for it from now on.
    pub(crate) fn strip<'m>(
        &self,
        ctx: &Ctx<'_>,
        memo: &'m mut Option<Box<Memo>>,
        url: &'m [u8],
    ) -> &'m [u8] {
        match self.policy.provenance().map(|provenance| provenance.strip(url)) {
            Some(Cow::Owned(mut stripped)) => {
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
            _ => url,
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

fn now() -> Timestamp {
    SystemTime::now().into()
}
