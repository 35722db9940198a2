//! What the objects of a VCL found out about the requests of one task.
//!
//! The task is a client request with all its restarts, or a fetch; each ESI subrequest is one of its own (Varnish:
//! PRIV_TASK). A URL is judged once. The usual VCL then strips it, and asks for site or age when the seal has gone from
//! `req.url`: so what `strip` makes of the request's URL stands for that URL. Any other URL is judged anew. What is decided on
//! the whole request goes by its URL as well: headers that VCL takes off afterwards, and the host that it maps, have been judged.

use std::collections::BTreeMap;

use crate::decision::Decision;
use crate::image::Image;
use crate::object::ObjectId;
use crate::request::RequestUrl;

/// What lives as long as a task.
#[derive(Default)]
pub(crate) struct Memo {
    /// The URL that each object was asked about last: no more entries than the VCL has objects.
    entries: BTreeMap<ObjectId, Entry>,
    /// What a method returned last; Varnish has copied it before it calls another.
    answer: Vec<u8>,
}

struct Entry {
    /// Host and URL, one behind the other.
    request: Box<[u8]>,
    host_len: usize,
    /// The URL without its provenance parameters, once VCL has asked for that.
    stripped: Option<Vec<u8>>,
    /// What the URL is worth, once VCL has asked for that.
    image: Option<Image>,
    /// What the policy says of the whole request, once VCL has asked for that.
    decision: Option<Box<Decision>>,
}

impl Memo {
    /// What `request` is to `object`; asks `judge` if that is not known yet.
    pub(crate) fn image(
        &mut self,
        object: ObjectId,
        request: RequestUrl<'_>,
        judge: impl FnOnce(RequestUrl<'_>) -> Image,
    ) -> &Image {
        let Entry { request, host_len, image, .. } = self.entry(object, request);
        // Not the request of the argument: that may be stripped by now.
        image.get_or_insert_with(|| judge(split(request, *host_len)))
    }

    /// What was decided on `request` for `object`; asks `judge` if that is not known yet.
    pub(crate) fn decision(
        &mut self,
        object: ObjectId,
        request: RequestUrl<'_>,
        judge: impl FnOnce(RequestUrl<'_>) -> Decision,
    ) -> &Decision {
        let Entry { request, host_len, decision, .. } = self.entry(object, request);
        decision.get_or_insert_with(|| Box::new(judge(split(request, *host_len))))
    }

    /// From now on `stripped` stands for the URL of `request`. Returns it.
    pub(crate) fn strip(&mut self, object: ObjectId, request: RequestUrl<'_>, stripped: Vec<u8>) -> &[u8] {
        self.entry(object, request).stripped.insert(stripped)
    }

    /// Holds what a method returns.
    pub(crate) fn answer(&mut self, answer: Vec<u8>) -> &[u8] {
        self.answer = answer;
        &self.answer
    }

    fn entry(&mut self, object: ObjectId, request: RequestUrl<'_>) -> &mut Entry {
        self.entries
            .entry(object)
            .and_modify(|entry| {
                if !entry.stands_for(request) {
                    *entry = Entry::new(request);
                }
            })
            .or_insert_with(|| Entry::new(request))
    }
}

impl Entry {
    fn new(RequestUrl { host, url }: RequestUrl<'_>) -> Self {
        Self {
            request: [host, url].concat().into(),
            host_len: host.len(),
            stripped: None,
            image: None,
            decision: None,
        }
    }

    /// Whatever VCL makes of the host: it is judged as the client sent it. Else a client whose host is rewritten (in upper case, with
    /// a port) would be judged again, without the headers that VCL has taken off since.
    fn stands_for(&self, request: RequestUrl<'_>) -> bool {
        self.stripped.as_deref() == Some(request.url)
            || split(&self.request, self.host_len).url == request.url
    }
}

fn split(request: &[u8], host_len: usize) -> RequestUrl<'_> {
    let (host, url) = request.split_at_checked(host_len).unwrap_or_default();
    RequestUrl { host, url }
}

#[cfg(test)]
mod tests;
