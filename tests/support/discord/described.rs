//! Things as Discord describes them.

use serde_json::{Value, json};

use crate::support::discord::World;
use crate::support::discord::world::{Channel, Guild};

impl World {
    pub(crate) fn guild_ids(&self) -> Vec<u64> {
        self.guilds.keys().copied().collect()
    }

    pub(crate) fn bot_user(&self) -> Value {
        let mut user = user(self.bot, &self.bot_name, None);
        user["bot"] = json!(true);
        user
    }

    /// The bot, to itself.
    pub(super) fn me(&self) -> Value {
        let mut user = self.bot_user();
        user.as_object_mut().unwrap().remove("primary_guild");
        (user["mfa_enabled"], user["locale"]) = (json!(true), json!("en-US"));
        user
    }

    /// Somebody; 0 stands for a webhook, and 1 for another bot.
    pub(super) fn user(&self, person: u64) -> Value {
        match person {
            0 => {
                let mut hook = user(77, "a hook", None);
                (hook["bot"], hook["discriminator"]) = (json!(true), json!("0000"));
                hook
            }
            1 => {
                let mut bot = user(78, "another bot", None);
                bot["bot"] = json!(true);
                bot
            }
            _ if person == self.bot => self.bot_user(),
            _ => user(person, &self.people[&person].to_lowercase(), Some(&self.people[&person])),
        }
    }

    /// What a person is in a server; `None` where they are not in it. Without who it is, as within a message.
    pub(super) fn member(&self, guild: u64, person: u64) -> Option<Value> {
        let roles = self.guilds.get(&guild)?.members.get(&person)?;
        let roles: Vec<String> = roles.iter().map(u64::to_string).collect();
        Some(json!({
            "roles": roles, "nick": null, "joined_at": "2025-01-01T00:00:00+00:00", "deaf": false, "mute": false,
            "flags": 0, "avatar": null, "banner": null, "communication_disabled_until": null, "pending": false,
            "premium_since": null,
        }))
    }

    pub(super) fn application(&self) -> Value {
        let flags = if self.may_read { 1 << 19 } else { 0 };
        json!({
            "id": self.application.to_string(), "name": self.bot_name, "icon": null, "description": "", "type": null,
            "verify_key": "", "flags": flags, "flags_new": "0", "redirect_uris": [], "interactions_endpoint_url": null,
            "role_connections_verification_url": null, "owner": user(9, "owner", None), "approximate_guild_count": 1,
            "approximate_user_install_count": 0, "approximate_user_authorization_count": 0, "explicit_content_filter": 0,
            "team": null, "eligible_oauth2_scopes": [],
        })
    }

    /// A channel, a thread, or a private chat.
    pub(super) fn channel(&self, id: u64) -> Option<Value> {
        let Channel { guild, kind, parent, name, with } = self.channels.get(&id)?;
        let mut described = json!({"id": id.to_string(), "type": kind, "flags": 0});
        let mut tell = |fields: Value| {
            for (name, value) in fields.as_object().unwrap() {
                described[name] = value.clone();
            }
        };
        match (guild, with) {
            (Some(guild), _) => {
                let parent = parent.map(|parent| parent.to_string());
                tell(json!({"guild_id": guild.to_string(), "name": name, "parent_id": parent}));
                if matches!(kind, 10..=12) {
                    tell(json!({
                        "owner_id": "9", "message_count": 0, "member_count": 1, "total_message_sent": 0,
                        "thread_metadata": {
                            "archived": false, "archive_timestamp": null, "auto_archive_duration": 1_440, "locked": false,
                        },
                    }));
                } else {
                    tell(json!({"position": 0}));
                }
            }
            (None, Some(person)) => tell(json!({"recipients": [self.user(*person)]})),
            (None, None) => {}
        }
        Some(described)
    }

    /// What is told of the servers that pass when a session begins.
    pub(crate) fn guild_creates(&self, passes: impl Fn(u64) -> bool) -> Vec<Value> {
        let ids = self.guilds.keys().copied().filter(|guild| passes(*guild));
        ids.map(|id| self.guild_create(id)).collect()
    }

    /// A server, to who asks for it: without its channels.
    pub(super) fn guild(&self, id: u64) -> Option<Value> {
        let guild = self.guilds.get(&id)?;
        Some(json!({
            "id": id.to_string(), "name": guild.name, "icon": null, "description": null, "home_header": null,
            "splash": null, "discovery_splash": null, "features": [], "banner": null, "owner_id": "9",
            "application_id": null, "region": "us-east", "afk_channel_id": null, "afk_timeout": 300,
            "system_channel_id": null, "system_channel_flags": 0, "widget_enabled": false, "widget_channel_id": null,
            "verification_level": 0, "roles": self.roles(guild), "default_message_notifications": 0, "mfa_level": 0,
            "explicit_content_filter": 0, "max_presences": null, "max_members": 500_000,
            "max_stage_video_channel_users": 50, "max_video_channel_users": 25, "vanity_url_code": null,
            "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": "en-US", "rules_channel_id": null,
            "safety_alerts_channel_id": null, "public_updates_channel_id": null, "premium_progress_bar_enabled": false,
            "nsfw": false, "nsfw_level": 0, "emojis": [], "stickers": [], "incidents_data": null,
        }))
    }

    /// A server, as it comes over the gateway: with its channels and threads.
    pub(super) fn guild_create(&self, id: u64) -> Value {
        let mut told = self.guild(id).expect("there is such a server");
        let within = |threads: bool| -> Vec<Value> {
            let own = self.channels.iter().filter(|(_, channel)| channel.guild == Some(id));
            let own = own.filter(|(_, channel)| matches!(channel.kind, 10..=12) == threads);
            own.filter_map(|(channel, _)| self.channel(*channel)).collect()
        };
        let more = json!({
            "unavailable": false, "large": false, "member_count": self.guilds[&id].members.len(), "members": [],
            "presences": [], "channels": within(false), "threads": within(true),
        });
        for (name, value) in more.as_object().unwrap() {
            told[name] = value.clone();
        }
        told
    }

    fn roles(&self, guild: &Guild) -> Vec<Value> {
        let described = guild.roles.iter().map(|(role, name)| {
            let mut described = json!({
                "id": role.to_string(), "name": name, "permissions": "0", "position": 1, "color": 0,
                "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null}, "hoist": false,
                "managed": false, "mentionable": true, "icon": null, "unicode_emoji": null, "flags": 0,
            });
            if name == &self.bot_name {
                (described["managed"], described["tags"]) = (json!(true), json!({"bot_id": self.bot.to_string()}));
            }
            described
        });
        described.collect()
    }
}

fn user(id: u64, username: &str, shown: Option<&str>) -> Value {
    json!({
        "id": id.to_string(), "username": username, "discriminator": "0", "global_name": shown, "avatar": null,
        "public_flags": 0, "flags": 0, "primary_guild": null,
    })
}

/// Cards as they are shown.
pub(super) fn embeds(sent: &Value) -> Value {
    let shown = sent.as_array().into_iter().flatten().map(|embed| {
        let mut embed = embed.clone();
        embed["type"] = json!("rich");
        for field in embed.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
            if field["inline"].is_null() {
                field["inline"] = json!(false);
            }
        }
        embed
    });
    shown.collect()
}

/// Buttons and lists as they are shown: each has a number, and what was not said is as it is by itself.
pub(super) fn components(sent: &Value) -> Value {
    let mut number = 0;
    numbered(sent, &mut number)
}

fn numbered(sent: &Value, number: &mut u64) -> Value {
    let shown = sent.as_array().into_iter().flatten().map(|one| {
        let mut one = one.clone();
        *number += 1;
        one["id"] = json!(*number);
        if one["components"].is_array() {
            one["components"] = numbered(&one["components"], number);
        }
        if one["type"] == 3 {
            for name in ["min_values", "max_values"] {
                if one[name].is_null() {
                    one[name] = json!(1);
                }
            }
        }
        one
    });
    shown.collect()
}
