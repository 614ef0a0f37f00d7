//! A client of the WebSocket.

use std::net::SocketAddr;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream, lookup_host},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{
        Error, Message, client::IntoClientRequest, handshake::client::Request, protocol::CloseFrame,
    },
};

use crate::{client::Client, within_deadline};

/// What a narrow socket takes in; the system doubles it.
const NARROW_BYTES: u32 = 4 * 1024;

/// One open socket. Dropping it closes the TCP connection without a word, as a lost network does.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a socket for this caller.
    pub async fn open(client: &Client) -> Self {
        Self::open_at(client, "/ws/notification/").await
    }

    /// Opens a socket at that path.
    pub async fn open_at(client: &Client, path: &str) -> Self {
        let opened = within_deadline("a socket", connect_async(request(client, path))).await;
        Self(opened.unwrap_or_else(|error| panic!("the socket doesn't open: {error:?}")).0)
    }

    /// The status by which a socket is refused to this caller.
    pub async fn refusal(client: &Client) -> u16 {
        Self::refusal_at(client, "/ws/notification/").await
    }

    /// The status by which a socket at that path is refused.
    pub async fn refusal_at(client: &Client, path: &str) -> u16 {
        Self::attempt_at(client, path).await.err().unwrap_or_else(|| panic!("the socket opened"))
    }

    /// The socket, or the status by which it is refused.
    pub async fn attempt_at(client: &Client, path: &str) -> Result<Self, u16> {
        match within_deadline("an answer", connect_async(request(client, path))).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("neither opened nor refused: {error:?}"),
        }
    }

    /// Opens a socket that takes in little before its client reads.
    pub async fn open_narrow(client: &Client) -> Self {
        let request = request(client, "/ws/notification/");
        let host = request.uri().authority().unwrap().as_str();
        let address = lookup_host(host).await.unwrap().find(SocketAddr::is_ipv4).unwrap();
        let tcp = TcpSocket::new_v4().unwrap();
        tcp.set_recv_buffer_size(NARROW_BYTES).unwrap();
        let opened = within_deadline("a narrow socket", async {
            client_async(request, MaybeTlsStream::Plain(tcp.connect(address).await.unwrap())).await
        });
        Self(opened.await.unwrap_or_else(|error| panic!("the socket doesn't open: {error:?}")).0)
    }

    /// Sends a text frame.
    pub async fn send(&mut self, text: impl Into<String>) {
        self.0.send(Message::text(text.into())).await.unwrap();
    }

    /// Sends a text frame if the connection is still there.
    pub async fn try_send(&mut self, text: &str) -> Result<(), Error> {
        self.0.send(Message::text(text)).await
    }

    /// Sends bytes that needn't be a whole frame.
    pub async fn send_raw(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).await.unwrap();
    }

    /// Sends a binary frame.
    pub async fn send_binary(&mut self, bytes: &[u8]) {
        self.0.send(Message::binary(bytes.to_vec())).await.unwrap();
    }

    /// The next frame as it was sent.
    pub async fn next_text(&mut self) -> String {
        loop {
            match within_deadline("a frame", self.0.next()).await {
                Some(Ok(Message::Text(text))) => return text.to_string(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("no frame, but {other:?}"),
            }
        }
    }

    /// The next frame.
    pub async fn next(&mut self) -> Value {
        let text = self.next_text().await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("no JSON, {error}: {text}"))
    }

    /// The next frame, however long it takes, or `None` where the socket has ended.
    pub async fn receive(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(_) | Err(_)) | None => return None,
            }
        }
    }

    /// The next frame; the test fails unless it rings this notification. So a test shows that nothing came before it.
    pub async fn expect_ring(&mut self, id: &str) -> Value {
        let frame = self.next().await;
        assert_eq!(frame["type"], "notification", "{frame}");
        assert_eq!(frame["notification_id"], id, "{frame}");
        frame
    }

    /// The frame that rings this notification, whatever comes before it.
    pub async fn next_ring(&mut self, id: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["type"] == "notification" && frame["notification_id"] == id {
                return frame;
            }
        }
    }

    /// Every frame before the one that rings this notification.
    pub async fn all_before_ring(&mut self, id: &str) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["type"] == "notification" && frame["notification_id"] == id {
                return frames;
            }
            frames.push(frame);
        }
    }

    /// The next frame; the test fails unless it has this notification's state.
    pub async fn expect_state(&mut self, id: &str) -> Value {
        let frame = self.next().await;
        assert_eq!(frame["type"], "notification_state", "{frame}");
        assert_eq!(frame["notification_id"], id, "{frame}");
        frame
    }

    /// Asks for a sign of life; the test fails unless the answer is the next frame.
    pub async fn expect_pong(&mut self) {
        self.send(r#"{"type":"ping"}"#).await;
        let frame = self.next().await;
        assert_eq!(frame["type"], "pong", "{frame}");
    }

    /// Closes with this code and returns the code of the server's answer.
    pub async fn closed_by_client(mut self, code: u16) -> u16 {
        let frame = CloseFrame { code: code.into(), reason: "bye".into() };
        self.0.send(Message::Close(Some(frame))).await.unwrap();
        match within_deadline("an answer to the close frame", self.0.next()).await {
            Some(Ok(Message::Close(Some(answer)))) => answer.code.into(),
            other => panic!("no answer, but {other:?}"),
        }
    }

    /// Reads on until the server closes for reasons of its own. By which code API Gateway does that isn't documented.
    pub async fn closed_by_server(self) {
        let code = self.close_code().await;
        assert!([1000, 1001].contains(&code), "{code}");
    }

    /// The code with which the server closes the socket.
    pub async fn close_code(mut self) -> u16 {
        loop {
            match within_deadline("a close", self.0.next()).await {
                Some(Ok(Message::Close(Some(close)))) => return close.code.into(),
                Some(Ok(Message::Close(None)) | Err(_)) | None => panic!("closed without a code"),
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads on until the server has ended the socket: the code and the reason it gave, or `None` where it was cut off.
    pub async fn end(mut self) -> Option<(u16, String)> {
        loop {
            match within_deadline("the end", self.0.next()).await {
                Some(Ok(Message::Close(Some(close)))) => {
                    return Some((close.code.into(), close.reason.to_string()));
                }
                Some(Ok(Message::Close(None)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Says goodbye and waits until the server has, too.
    pub async fn close(mut self) {
        self.0.close(None).await.unwrap();
        while let Some(Ok(_)) = within_deadline("the end", self.0.next()).await {}
    }
}

fn request(client: &Client, path: &str) -> Request {
    let url = client.url().replacen("http", "ws", 1);
    let mut request = format!("{url}{path}").into_client_request().unwrap();
    request.headers_mut().extend(client.headers().clone());
    request
}
