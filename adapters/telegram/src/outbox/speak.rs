//! Saying something, so that it arrives.

use futures_util::future::join;
use modelpin_chat::{Kind, OutboxError, Placement, Reply};
use teloxide::payloads::{EditMessageText, EditMessageTextSetters as _, SendMessage, SendMessageSetters as _};
use teloxide::types::{ChatId, LinkPreviewOptions, MessageId, ParseMode, ReplyMarkup, ReplyParameters};

use crate::api::{self, Fault};
use crate::outbound::{self, Message};
use crate::outbox::draft::Shown;
use crate::outbox::{Talk, refused};
use crate::pace::Turn;

/// What Telegram says of a message that cannot be given another text: it is gone, too old, or never had one.
const NO_MORE_TO_EDIT: [&str; 6] = [
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message to edit",
    "MESSAGE_ID_INVALID",
    "message_id_invalid",
    "inaccessible message",
];

/// Where a piece of a text goes.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Below everything; as an answer to what was asked, if `quoting`.
    New { quoting: bool },
    /// Into a message of the bot's.
    Edit(MessageId),
}

impl Talk {
    /// Sends a reply: into the place of the draft that shows, or of the message whose button was pressed, else below
    /// everything. Telegram can show nothing to one person alone in a group, so a private reply is said there like any
    /// other, as an answer to who asked.
    pub(super) async fn speak(&self, reply: Reply) -> Result<(), OutboxError> {
        self.typing.end();
        let mut pressed = None;
        if let Some(press) = &self.pressed {
            match reply.placement {
                Placement::Aside => {
                    if let Some(remark) = outbound::aside(&reply)
                        && press.remark(&self.line, remark).await
                    {
                        return Ok(());
                    }
                }
                Placement::InPlace => pressed = press.take_message(),
            }
        }
        let answering = async {
            if let Some(press) = &self.pressed {
                press.answer(&self.line).await;
            }
        };
        let ((), said) = join(answering, self.say(&outbound::render(&reply), pressed)).await;
        said
    }

    /// Says all pieces in one turn, so that nothing comes between them.
    pub(super) async fn say(&self, pieces: &[Message], pressed: Option<MessageId>) -> Result<(), OutboxError> {
        let turn = self.line.pace.turn(self.way.chat.0).await;
        // Whoever has the turn has the draft: one that was on its way has arrived by now.
        let shown = self.draft.take_shown();
        let mut places: Vec<Place> = shown.iter().map(|shown| Place::Edit(shown.message)).collect();
        if places.is_empty()
            && let Some(message) = pressed
        {
            places.push(Place::Edit(message));
        }
        for (number, piece) in pieces.iter().enumerate() {
            let already = shown.get(number).is_some_and(|shown| shown.html == piece.html && piece.keyboard.is_none());
            if already {
                continue;
            }
            let below = Place::New { quoting: number == 0 };
            let place = places.get(number).copied().unwrap_or(below);
            self.say_piece(&turn, piece, place, below).await.map_err(|fault| {
                tracing::warn!(account = self.line.account, chat = self.chat(), why = %fault, "a message was not taken");
                refused("take the message", &fault)
            })?;
        }
        // A draft may have been longer than what became of it. Nothing at all in its place is no reason to take it away.
        if !pieces.is_empty() {
            for surplus in shown.iter().skip(pieces.len()) {
                self.take_away(&turn, surplus).await;
            }
        }
        Ok(())
    }

    async fn take_away(&self, turn: &Turn, surplus: &Shown) {
        let chat = self.chat();
        let deletion = teloxide::payloads::DeleteMessage::new(ChatId(chat), surplus.message);
        let deleted = self
            .line
            .insist(chat, turn, |patience| Box::pin(api::delete_message(&*self.line.api, &deletion, patience)))
            .await;
        if let Err(fault) = deleted {
            tracing::info!(account = self.line.account, chat, why = %fault, "the end of a draft stays");
        }
    }

    /// Says one piece. Where it cannot go into its place, it goes below everything; where Telegram does not understand
    /// its marks, it goes without.
    async fn say_piece(&self, turn: &Turn, piece: &Message, mut place: Place, below: Place) -> Result<(), Fault> {
        let mut marked = true;
        loop {
            let chat = self.chat();
            let said = self
                .line
                .insist(chat, turn, |patience| match place {
                    Place::New { quoting } => {
                        let message = self.message(piece, marked, quoting);
                        Box::pin(async move { api::send_message(&*self.line.api, &message, patience).await.map(drop) })
                    }
                    Place::Edit(message) => {
                        let edit = self.edit(piece, marked, message);
                        Box::pin(async move { api::edit_message(&*self.line.api, &edit, patience).await })
                    }
                })
                .await;
            match (said, place) {
                (Err(Fault::Moved(to)), _) if to != chat => {
                    self.line.pace.moved(self.way.chat.0, to);
                    // Messages have other numbers there.
                    place = below;
                }
                (Err(fault), _) if marked && fault.is_of_marks() => {
                    tracing::warn!(
                        account = self.line.account,
                        chat,
                        "Telegram does not understand the marks of a text: it goes without"
                    );
                    marked = false;
                }
                (Err(fault), Place::Edit(_)) if fault.says(&["message is not modified"]) => return Ok(()),
                (Err(fault), Place::Edit(_)) if fault.says(&NO_MORE_TO_EDIT) => place = below,
                (said, _) => return said,
            }
        }
    }

    /// A new message with `piece`, in the topic that was asked in.
    pub(super) fn message(&self, piece: &Message, marked: bool, quoting: bool) -> SendMessage {
        let chat = self.chat();
        let mut message = SendMessage::new(ChatId(chat), if marked { &piece.html } else { &piece.plain });
        message = message.link_preview_options(no_preview());
        if marked {
            message = message.parse_mode(ParseMode::Html);
        }
        if let Some(thread) = self.way.thread {
            message = message.message_thread_id(thread);
        }
        if let Some(keyboard) = &piece.keyboard {
            message = message.reply_markup(ReplyMarkup::InlineKeyboard(keyboard.clone()));
        }
        // In a supergroup that was a group, the number is another message's.
        let stayed = chat == self.way.chat.0;
        match (self.kind, self.way.message) {
            (Kind::Group | Kind::Channel, Some(asked)) if quoting && stayed => {
                message.reply_parameters(ReplyParameters::new(asked).allow_sending_without_reply())
            }
            (Kind::Group | Kind::Channel | Kind::Dm, _) => message,
        }
    }

    /// `piece` in the place of what `message` shows. Buttons that are not given again go.
    pub(super) fn edit(&self, piece: &Message, marked: bool, message: MessageId) -> EditMessageText {
        let text = if marked { &piece.html } else { &piece.plain };
        let mut edit = EditMessageText::new(ChatId(self.chat()), message, text).link_preview_options(no_preview());
        if marked {
            edit = edit.parse_mode(ParseMode::Html);
        }
        if let Some(keyboard) = &piece.keyboard {
            edit = edit.reply_markup(keyboard.clone());
        }
        edit
    }
}

/// Previews would come and go with each edit, and a link in an answer is no recommendation.
fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}
