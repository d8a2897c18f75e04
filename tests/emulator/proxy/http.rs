//! As much of HTTP/1.1 as the SDKs and the emulators speak.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request.
#[derive(Clone)]
pub(in super::super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// A header, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// A response.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// A response of ours.
    pub(super) fn new(status: u16, content_type: &str, body: String) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into_bytes() }
    }

    /// As it goes over the wire, with a length in place of chunks.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} answer\r\ncontent-length: {}\r\n", self.status, self.body.len());
        for (name, value) in self.headers.iter().filter(|(name, _)| !of_connection(name)) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn of_connection(name: &str) -> bool {
    ["connection", "content-length", "keep-alive", "transfer-encoding"].contains(&name)
}

/// The next request of a connection; nothing when it ended.
pub(super) async fn read_request(stream: &mut TcpStream) -> Option<Request> {
    let (first, headers) = read_head(stream).await?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    if header(&headers, "expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
    }
    let body = read_body(stream, &headers, Otherwise::Empty).await?;
    Some(Request { method, path, headers, body })
}

/// Passes a request on over a connection of its own.
pub(super) async fn forward(upstream: SocketAddr, request: &Request) -> Option<Response> {
    let mut stream = TcpStream::connect(upstream).await.ok()?;
    let mut head = format!(
        "{} {} HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n",
        request.method,
        request.path,
        request.body.len()
    );
    let passed = request.headers.iter().filter(|(name, _)| !of_connection(name) && name != "expect");
    for (name, value) in passed {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(&[head.as_bytes(), &request.body].concat()).await.ok()?;
    let (first, headers) = read_head(&mut stream).await?;
    let status = first.split(' ').nth(1)?.parse().ok()?;
    let body = read_body(&mut stream, &headers, Otherwise::ToTheEnd).await?;
    Some(Response { status, headers, body })
}

/// The first line and the headers, their names in lower case. Byte by byte: the buffer must not run into the body.
async fn read_head(stream: &mut TcpStream) -> Option<(String, Vec<(String, String)>)> {
    let mut head = Vec::new();
    let mut buffered = tokio::io::BufReader::with_capacity(1, stream);
    while !head.ends_with(b"\r\n\r\n") {
        head.push(buffered.read_u8().await.ok()?);
    }
    let text = String::from_utf8(head).ok()?;
    let mut lines = text.lines();
    let first = lines.next()?.to_owned();
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    Some((first, headers.collect()))
}

enum Otherwise {
    Empty,
    ToTheEnd,
}

async fn read_body(
    stream: &mut (impl AsyncRead + Unpin),
    headers: &[(String, String)],
    otherwise: Otherwise,
) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    if let Some(length) = header(headers, "content-length") {
        body.resize(length.parse().ok()?, 0);
        stream.read_exact(&mut body).await.ok()?;
    } else if header(headers, "transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
        loop {
            let size = read_line(stream).await?;
            let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
            let begin = body.len();
            body.resize(begin + size, 0);
            stream.read_exact(body.get_mut(begin..)?).await.ok()?;
            read_line(stream).await?;
            if size == 0 {
                break;
            }
        }
    } else if matches!(otherwise, Otherwise::ToTheEnd) {
        stream.read_to_end(&mut body).await.ok()?;
    }
    Some(body)
}

async fn read_line(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(line).ok()
}
