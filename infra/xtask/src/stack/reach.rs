//! Whether the functions of a fresh stack reach what they need: their tables, and the issuer's keys.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// A cold function first fetches the issuer's keys. API Gateway waits no longer than this.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Invokes a function that reads a table, as a demo user; an error says in plain words what the function can't reach.
pub(super) fn check(front: &str) -> Result<(), String> {
    let address = front.trim_start_matches("http://");
    let (status, body) = ask(address, "GET", "/api/health/", "", "")?;
    if status != 200 {
        return Err(format!(
            "the stack is deployed, but its API answers {status} to GET /api/health/, which needs nothing but the function \
             itself: look into the emulator's log. It said: {body}"
        ));
    }
    let (_, session) = ask(address, "POST", "/api/session/demo/", "", r#"{"username":"ana"}"#)?;
    let token = session.split(r#""token":""#).nth(1).and_then(|rest| rest.split('"').next());
    let token = token.ok_or(format!("the front signs nobody in: {session}"))?;
    let (status, body) = ask(address, "GET", "/api/notifications/", token, "")?;
    explain(status, &body)
}

fn explain(status: u16, body: &str) -> Result<(), String> {
    match status {
        200 => Ok(()),
        503 => Err("the stack is deployed and its functions run, but they can't reach their tables or the issuer \
             (GET /api/notifications/ answers 503).\n\
             Start the emulator with AWS_ENDPOINT_URL set to its own address, such as \
             AWS_ENDPOINT_URL=http://localhost:4566: functions inherit it, and without it they call AWS itself.\n\
             Where functions run in containers, they also need --issuer-host and --listen: docs/deploy.md, On an emulator"
            .to_owned()),
        _ => Err(format!("the stack is deployed, but GET /api/notifications/ answers {status}: {body}")),
    }
}

/// The status and the body of an answer, by HTTP/1.0.
fn ask(address: &str, method: &str, path: &str, token: &str, body: &str) -> Result<(u16, String), String> {
    let asked = || {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        let authorization =
            if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\n{authorization}Content-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        std::io::Result::Ok(answer)
    };
    let answer = asked().map_err(|error| format!("{method} {path} got no answer: {error}"))?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or(format!("{method} {path} got no HTTP answer: {answer}"))?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::TcpListener, thread};

    /// A stack whose list answers with that status; its address.
    fn stack(list_status: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for (status, body) in
                [("200 OK", "{}"), ("200 OK", r#"{"token":"t0ken","user":{}}"#), (list_status, "the body")]
            {
                let (mut stream, _) = listener.accept().unwrap();
                let mut asked = [0; 2_048];
                let _ = stream.read(&mut asked).unwrap();
                write!(stream, "HTTP/1.0 {status}\r\n\r\n{body}").unwrap();
            }
        });
        address
    }

    #[test]
    fn accepts_a_stack_that_reads_its_tables() {
        assert_eq!(check(&stack("200 OK")), Ok(()));
    }

    #[test]
    fn names_the_missing_endpoint_after_a_503() {
        let error = check(&stack("503 Service Unavailable")).unwrap_err();
        assert!(error.contains("AWS_ENDPOINT_URL"), "{error}");
    }

    #[test]
    fn shows_any_other_answer() {
        let error = check(&stack("500 Internal Server Error")).unwrap_err();
        assert!(error.ends_with("answers 500: the body"), "{error}");
    }
}
