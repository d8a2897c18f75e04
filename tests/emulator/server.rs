//! An emulator as a process of ours.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::python::{Python, target};

/// Starting takes a second or two; on a machine that builds at the same time, longer.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running emulator; it ends with this value, and with the test process however that ends.
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
    output: PathBuf,
}

impl Server {
    /// Starts `serve.py KIND PORT` on a free loopback port, and waits until `health` answers 200.
    pub(super) fn start(kind: &str, health: &str, environment: &[(&str, &str)]) -> Self {
        let mut last = String::new();
        // Somebody else may take the port between our looking and the server's taking it.
        for _ in 0..3 {
            match Self::attempt(kind, health, environment) {
                Ok(server) => return server,
                Err(output) => last = output,
            }
        }
        panic!("{kind} does not start:\n{last}")
    }

    fn attempt(kind: &str, health: &str, environment: &[(&str, &str)]) -> Result<Self, String> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let folder = target().join("emulators");
        fs::create_dir_all(&folder).unwrap();
        let output = folder.join(format!("{kind}-{port}.log"));
        let log = File::create(&output).unwrap();
        let child = Python::ready()
            .script("serve.py")
            .args([kind, &port.to_string()])
            .envs(environment.iter().copied())
            // serve.py ends when this pipe closes.
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { child, address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)), output };
        let began = Instant::now();
        while began.elapsed() < PATIENCE && server.child.try_wait().unwrap().is_none() {
            if server.answers(health) {
                return Ok(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(server.log())
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as `AWS_ENDPOINT_URL` wants it.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it printed.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.output).unwrap_or_default()
    }

    fn answers(&self, path: &str) -> bool {
        let asked = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).and_then(|mut stream| {
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address).as_bytes())?;
            let mut head = [0; 12];
            stream.read_exact(&mut head)?;
            Ok(head)
        });
        asked.is_ok_and(|head| head.ends_with(b" 200"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only fails when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
