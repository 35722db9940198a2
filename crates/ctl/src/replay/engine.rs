use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use indicatif::{HumanCount, ProgressBar};
use policy::Timestamp;

use super::format::{Clock, Format, Skip, UtcOffset, Wanted};
use super::source::{Chunk, MAX_LINE_BYTES, Source, lines, read_all};
use super::tally::Tally;
use super::{Judge, untrusted};
use crate::Error;

/// Chunks that wait to be judged.
const CHUNKS: usize = 4;

/// By as many seconds lines may be out of order: servers write a request when it ends. Beyond that limits are wrong, since what a
/// client has used up then seems to lie in the future.
const OUT_OF_ORDER: u64 = 60;

/// Lines that are kept to be shown of those that could not be read.
const MAX_UNPARSED: usize = 10;

/// How logs are read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Their format.
    pub format: Wanted,
    /// Names of HAProxy's captures, in order.
    pub captures: Vec<Box<str>>,
    /// Host of a request whose line tells none.
    pub host: Vec<u8>,
    /// User agent of a request, where the format has none.
    pub assume_user_agent: Option<Vec<u8>>,
    /// For times without a zone.
    pub utc_offset: UtcOffset,
    /// The time that the first line is judged at.
    pub as_of: Option<Timestamp>,
}

/// A log, and what came of its lines.
#[derive(Debug)]
pub struct Log {
    /// Where it is read from.
    pub source: Source,
    /// Its format; none as long as it has no line.
    pub format: Option<Format>,
    /// Lines read.
    pub lines: u64,
    /// Lines with a request, which was judged.
    pub judged: u64,
    /// Lines of connections without a request.
    pub no_request: u64,
    /// Lines that could not be read.
    pub unparsed: u64,
    /// Why it was not read to its end.
    pub incomplete: Option<io::Error>,
}

/// A line that could not be read.
#[derive(Clone, Debug)]
pub struct Unparsed {
    /// Position of its log.
    pub log: usize,
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub reason: &'static str,
    /// Its beginning, safe to be shown.
    pub text: String,
}

/// Runs logs through one policy or two.
///
/// One thread reads and unpacks, another parses, decides and counts: limits depend on the order of requests, and so the same log
/// has the same answer each time.
pub struct Engine {
    judge: Judge,
    against: Option<Judge>,
    settings: Settings,
    clock: Clock,
    /// Seconds that times are moved by, once the first is known; ahead, or back.
    shift: Option<(u64, u64)>,
    sources: Vec<Source>,
    logs: Vec<Log>,
    tally: Tally,
    unparsed: Vec<Unparsed>,
    reasons: BTreeMap<&'static str, u64>,
    /// Requests behind a trusted proxy that tells nobody's address.
    unknown_clients: u64,
    /// Requests of which no host is known.
    unknown_hosts: u64,
    /// The time of the line before.
    last: Timestamp,
    /// How often a line was earlier than the one before it by more than [`OUT_OF_ORDER`].
    steps_back: u64,
}

impl Engine {
    /// Nothing is read yet.
    #[must_use]
    pub fn new(judge: Judge, against: Option<Judge>, settings: Settings, sources: Vec<Source>) -> Self {
        let logs = sources.iter().cloned().map(Log::of).collect();
        let clock = Clock::new(settings.utc_offset);
        Self {
            judge,
            against,
            settings,
            clock,
            shift: None,
            sources,
            logs,
            tally: Tally::default(),
            unparsed: Vec::new(),
            reasons: BTreeMap::new(),
            unknown_clients: 0,
            unknown_hosts: 0,
            last: Timestamp::from_seconds(0),
            steps_back: 0,
        }
    }

    /// Reads all logs. One that ends early, or cannot be read any more, is noted, and the next one read.
    ///
    /// # Errors
    /// [`Error::Usage`] if nothing can be made of the first log.
    pub fn run(&mut self, progress: &ProgressBar) -> Result<(), Error> {
        let (chunks, incoming) = sync_channel::<Chunk>(CHUNKS);
        let (spent, reusable) = sync_channel(CHUNKS);
        let sources = std::mem::take(&mut self.sources);
        let begun = Instant::now();
        let mut lines = 0_u64;
        let ended = std::thread::scope(|scope| {
            let sources = &sources;
            scope.spawn(move || read_all(sources, progress, &chunks, &reusable));
            // Dropped when this ends, in error too: whoever reads then stops.
            let (incoming, spent) = (incoming, spent);
            for chunk in incoming {
                lines = lines.saturating_add(self.take(&chunk)?);
                let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
                let rate = lines.saturating_mul(1000) / milliseconds;
                progress.set_message(format!("{} lines, {}/s", HumanCount(lines), HumanCount(rate)));
                self.end(chunk.source, chunk.end);
                // A buffer that nobody takes back is dropped.
                let _ = spent.try_send(chunk.bytes);
            }
            Ok(())
        });
        self.sources = sources;
        ended
    }

    fn end(&mut self, log: usize, end: Option<io::Result<()>>) {
        if let (Some(Err(error)), Some(log)) = (end, self.logs.get_mut(log)) {
            log.incomplete = Some(error);
        }
    }

    /// Judges the lines of a chunk and returns how many there are.
    fn take(&mut self, chunk: &Chunk) -> Result<u64, Error> {
        let Some(mut log) = self.logs.get_mut(chunk.source).map(Log::take) else { return Ok(0) };
        if log.format.is_none() && !chunk.bytes.is_empty() {
            match self.find_format(&log.source, &chunk.bytes) {
                Ok(format) => log.format = Some(format),
                // What was judged so far is worth more than an end here; the lines of this log are told as unread.
                Err(_) if self.tally.all.total() > 0 => {}
                Err(error) => return Err(error),
            }
        }
        let before = log.lines;
        for line in lines(&chunk.bytes) {
            log.lines += 1;
            match self.judge_line(log.format.as_ref(), line) {
                Ok(()) => log.judged += 1,
                Err(Skip::NoRequest) => log.no_request += 1,
                Err(Skip::Unparsed(reason)) => {
                    log.unparsed += 1;
                    self.keep_unparsed(chunk.source, log.lines, reason, line);
                }
            }
        }
        let count = log.lines.saturating_sub(before);
        if let Some(place) = self.logs.get_mut(chunk.source) {
            *place = log;
        }
        Ok(count)
    }

    fn judge_line(&mut self, format: Option<&Format>, line: &[u8]) -> Result<(), Skip> {
        if line.len() > MAX_LINE_BYTES {
            return Err(Skip::Unparsed("longer than 65,536 bytes"));
        }
        let format = format.ok_or(Skip::Unparsed("in no format that is known"))?;
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let mut record = format.parse(line, &mut self.clock)?;
        let time = self.shifted(record.time.ok_or(Skip::Unparsed("no time"))?);
        self.steps_back += u64::from(time.seconds().saturating_add(OUT_OF_ORDER) < self.last.seconds());
        self.last = time;
        if record.host.is_empty() {
            record.host = self.settings.host.as_slice().into();
        }
        self.unknown_hosts += u64::from(record.host.is_empty());
        if let Some(assumed) = &self.settings.assume_user_agent
            && !format.has_header("user-agent")
        {
            record.user_agent = Some(assumed.as_slice().into());
        }
        let before = match &self.against {
            Some(against) => Some(against.decide(&record, time).action),
            None => record.answered(),
        };
        let verdict = self.judge.decide(&record, time);
        self.unknown_clients += u64::from(record.ip.is_some() && verdict.client.ip.is_none());
        self.tally.count(&record, &verdict, before, time);
        Ok(())
    }

    /// The time that a line is judged at.
    fn shifted(&mut self, time: Timestamp) -> Timestamp {
        let Some(as_of) = self.settings.as_of else { return time };
        let (ahead, back) = *self.shift.get_or_insert_with(|| {
            let (first, as_of) = (time.seconds(), as_of.seconds());
            (as_of.saturating_sub(first), first.saturating_sub(as_of))
        });
        let seconds = std::time::Duration::from_secs;
        time.plus(seconds(ahead)).minus(seconds(back))
    }

    fn find_format(&self, source: &Source, bytes: &[u8]) -> Result<Format, Error> {
        let Settings { format, captures, utc_offset, .. } = &self.settings;
        let found = format.resolve(lines(bytes), captures, *utc_offset).map_err(|error| {
            let usage = Error::usage(format!("{}: {error}", source.file.display()));
            usage.with_hint(match error {
                super::format::Undetected::Unknown => "say which it is: --format, see --help",
                super::format::Undetected::Captures(_) => {
                    "name them in the order of `capture request header`: --captures host,user-agent"
                }
                super::format::Undetected::CapturesDiffer { .. } => {
                    "name each in the order of `capture request header`, and none of a response: --captures host,user-agent"
                }
            })
        })?;
        let tells = found.has_header("user-agent") || self.settings.assume_user_agent.is_some();
        tells.then_some(found.clone()).ok_or_else(|| {
            Error::usage(format!(
                "{}: format {found} has no user agent, and a policy judges by it",
                source.file.display()
            ))
            .with_hint(
                "log it (docs/replay.md says how), or judge as if all had the same: --assume-user-agent TEXT",
            )
        })
    }

    fn keep_unparsed(&mut self, log: usize, line: u64, reason: &'static str, text: &[u8]) {
        *self.reasons.entry(reason).or_default() += 1;
        if self.unparsed.len() < MAX_UNPARSED {
            self.unparsed.push(Unparsed { log, line, reason, text: untrusted::shown_line(text) });
        }
    }

    /// Where logs are read from.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The logs, and what came of their lines.
    #[must_use]
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// What was counted.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Lines that could not be read: the first of them, and how many for which reason.
    #[must_use]
    pub fn unparsed(&self) -> (&[Unparsed], &BTreeMap<&'static str, u64>) {
        (&self.unparsed, &self.reasons)
    }

    /// Who judges, and who is compared with.
    #[must_use]
    pub fn judges(&self) -> (&Judge, Option<&Judge>) {
        (&self.judge, self.against.as_ref())
    }

    /// How logs are read.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Requests whose client is not known, since a trusted proxy tells nobody's address.
    #[must_use]
    pub fn unknown_clients(&self) -> u64 {
        self.unknown_clients
    }

    /// Requests of which no host is known.
    #[must_use]
    pub fn unknown_hosts(&self) -> u64 {
        self.unknown_hosts
    }

    /// How often a line is earlier than the one before it by more than a minute.
    #[must_use]
    pub fn steps_back(&self) -> u64 {
        self.steps_back
    }

    /// The first log that was not read to its end, or not at all.
    pub(super) fn into_unread(self) -> Option<Error> {
        self.logs.into_iter().find_map(|log| {
            let source = log.incomplete.or_else(|| {
                let is_foreign = log.unparsed > 0 && log.unparsed == log.lines;
                let format = log
                    .format
                    .map_or_else(|| "a format that is known".to_owned(), |format| format!("format {format}"));
                let told = format!("none of its lines is in {format}");
                is_foreign.then(|| io::Error::new(io::ErrorKind::InvalidData, told))
            })?;
            Some(Error::Read { file: log.source.file, source })
        })
    }
}

impl Log {
    /// Nothing is read of it yet.
    fn of(source: Source) -> Self {
        Self { source, format: None, lines: 0, judged: 0, no_request: 0, unparsed: 0, incomplete: None }
    }

    /// This log, leaving an empty one of the same source: the engine is borrowed while its lines are judged.
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::of(self.source.clone()))
    }
}
