//! The subject a record is the form of: its fields exist and fit, and its code is a key.

use super::super::{Field, FieldType};
use super::{Step, Verify};

impl Verify<'_> {
    pub(super) fn subject(&mut self) {
        let d = self.definition;
        let Some(form) = &d.subject else { return };
        let text: fn(&Field) -> bool = |f| f.kind == FieldType::Text && !f.repeatable;
        let required: fn(&Field) -> bool =
            |f| f.kind == FieldType::Text && !f.repeatable && f.required && f.computed.is_none();
        let unit: fn(&Field) -> bool = |f| f.kind == FieldType::Unit && !f.repeatable;
        let parent: fn(&Field) -> bool =
            |f| f.kind == FieldType::Reference && f.subject.is_some() && !f.repeatable;
        let place: fn(&Field) -> bool = |f| f.kind == FieldType::Point && !f.repeatable;
        let flag: fn(&Field) -> bool = |f| f.kind == FieldType::Boolean && !f.repeatable;
        let named = [
            ("code", Some(&form.code), required),
            ("zh", Some(&form.zh), required),
            ("en", form.en.as_ref(), text),
            ("unit", form.unit.as_ref(), unit),
            ("parent", form.parent.as_ref(), parent),
            ("place", form.place.as_ref(), place),
            ("schematic", form.schematic.as_ref(), flag),
        ];
        for (key, name, fits) in named {
            if let Some(name) = name {
                self.scalar(&[Step::from("subject"), key.into()], name, fits);
            }
        }
        for (attr, name) in &form.attrs {
            let path = [Step::from("subject"), "attrs".into(), attr.as_str().into()];
            self.scalar(&path, name, |f| f.kind.is_scalar() && !f.kind.is_place());
        }
        let is_key = d
            .key
            .iter()
            .any(|k| matches!(k.fields.as_slice(), [one] if *one == form.code));
        if !is_key {
            self.wrong(
                &[Step::from("subject"), "code".into()],
                "对象编码须单独成为 key",
                "the subject's code must be a key of its own",
            );
        }
    }
}
