//! Who acts: the actor of the engine, and the name that stays in the history.

use model::ids::UserId;
use model::role::Role;
use registers::life::Actor;
use store::registers::Author;

/// A person who acts on records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Role, unit and firm, by which the engine decides.
    pub actor: Actor,
    /// Name shown in the history.
    pub name: String,
}

impl Person {
    /// The program itself: what the profile or the demonstration brings.
    pub fn program(name: &str) -> Self {
        Self {
            actor: Actor {
                user: UserId(0),
                role: Role::Administrator,
                unit: None,
                firms: Vec::new(),
            },
            name: name.to_owned(),
        }
    }

    /// As the history keeps it.
    pub fn author(&self) -> Author {
        Author {
            id: self.actor.user,
            name: self.name.clone(),
        }
    }
}
