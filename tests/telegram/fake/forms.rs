//! The forms in which a request may come.

use serde_json::{Value, json};

use crate::telegram::fake::rig::Rig;

const MARKUP: &str = r#"{"inline_keyboard":[[{"text":"x","callback_data":"y"}]]}"#;

#[tokio::test]
async fn a_request_comes_as_json_as_a_form_in_parts_or_as_a_query() {
    let rig = Rig::new();
    rig.fake.limits(None);
    let url = rig.url("sendMessage");
    let fields = [("chat_id", "42"), ("text", "12 ä"), ("reply_markup", MARKUP)];
    let parts: String = fields
        .iter()
        .map(|(name, value)| format!("--b0\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .collect();
    let mut query = reqwest::Url::parse(&url).unwrap();
    query.query_pairs_mut().extend_pairs(fields);
    let form = query.query().unwrap().to_owned();
    let markup: Value = serde_json::from_str(MARKUP).unwrap();
    let whole = json!({"chat_id": 42, "text": "12 ä", "reply_markup": markup});
    for request in [
        rig.http.post(&url).json(&whole),
        rig.http.post(&url).header("content-type", "application/x-www-form-urlencoded").body(form),
        rig.http
            .post(&url)
            .header("content-type", "multipart/form-data; boundary=b0")
            .body(format!("{parts}--b0--\r\n")),
        rig.http.get(query),
    ] {
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["result"]["text"], "12 ä", "{answer}");
        assert_eq!(answer["result"]["reply_markup"], markup);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let rig = Rig::new();
    let sent = rig.http.post(rig.url("sendMessage")).header("content-type", "application/json").body("{").send();
    let answer: Value = sent.await.unwrap().json().await.unwrap();
    assert_eq!(answer["description"], "Bad Request: can't parse JSON object");
}
