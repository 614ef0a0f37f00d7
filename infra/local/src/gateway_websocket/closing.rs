//! How a socket ends.

use std::time::Duration;

use axum::extract::ws::{CloseCode, CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use tokio::time::timeout;

/// A client that doesn't say goodbye within this time is cut off.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Who ended it.
pub(super) enum End {
    ByClient(CloseCode),
    ByServer(CloseFrame),
    /// What the client sends can't be read any further.
    Unreadable(CloseFrame),
    Broken,
}

impl End {
    pub(super) fn server(code: CloseCode, reason: &'static str) -> Self {
        Self::ByServer(frame(code, reason))
    }

    /// Says why, and waits for the client's answer: a connection that is cut off while something is unread may lose the
    /// close frame. Returns the code.
    pub(super) async fn say_goodbye(self, socket: &mut WebSocket) -> CloseCode {
        let (frame, readable) = match self {
            Self::ByServer(frame) => (frame, true),
            Self::Unreadable(frame) => (frame, false),
            Self::ByClient(code) => {
                // Reading on lets the answer to the client's close frame go out (RFC 6455, section 5.5.1).
                let _ = timeout(CLOSE_TIMEOUT, socket.recv()).await;
                return code;
            }
            Self::Broken => return close_code::ABNORMAL,
        };
        let code = frame.code;
        let goodbye = async {
            if socket.send(Message::Close(Some(frame))).await.is_ok() && readable {
                while let Some(Ok(_)) = socket.recv().await {}
            }
        };
        let _ = timeout(CLOSE_TIMEOUT, goodbye).await;
        code
    }
}

/// Why what a client sent can't be read (RFC 6455, section 7.4.1). axum hides tungstenite's errors except their text; a
/// test of each close code checks that the text is still the one expected here.
pub(super) fn unreadable(error: &axum::Error) -> End {
    let text = error.to_string();
    if text.contains("too long") {
        End::Unreadable(too_large())
    } else if text.starts_with("UTF-8") {
        End::Unreadable(frame(close_code::INVALID, "a text frame must be UTF-8"))
    } else if text.starts_with("WebSocket protocol error") && !text.contains("without closing handshake") {
        End::Unreadable(frame(close_code::PROTOCOL, "not a frame of RFC 6455"))
    } else {
        End::Broken
    }
}

pub(super) fn too_large() -> CloseFrame {
    frame(close_code::SIZE, "frames are at most 32 KB")
}

fn frame(code: CloseCode, reason: &'static str) -> CloseFrame {
    CloseFrame { code, reason: Utf8Bytes::from_static(reason) }
}
