//! Tokens to a typed tree: every name and every type is settled here, so that evaluation cannot fail.

use jiff::civil::Date;
use standards::num::Exact;

use super::lex::{Token, tokens};
use super::{Binary, Call, Expr, ExprError, Fold, Node, Type, Unary, Val, Vocabulary};
use crate::definition::{Field, FieldType};
use crate::limits;
use crate::text::Names;

/// name, function, types of the arguments (`Any` where the type follows), type of the result.
const CALLS: &[(&str, Call, &[Arg], Type)] = {
    use Arg::{Any, Is};
    use Type::{Bool, Date, Instant, List, Number, Text};
    &[
        ("present", Call::Present, &[Any], Bool),
        ("round", Call::Round, &[Is(Number), Is(Number)], Number),
        ("abs", Call::Abs, &[Is(Number)], Number),
        ("days", Call::Days, &[Is(Date), Is(Date)], Number),
        ("add_days", Call::AddDays, &[Is(Date), Is(Number)], Date),
        ("add_months", Call::AddMonths, &[Is(Date), Is(Number)], Date),
        ("add_years", Call::AddYears, &[Is(Date), Is(Number)], Date),
        ("year", Call::Year, &[Is(Date)], Number),
        ("month", Call::Month, &[Is(Date)], Number),
        ("date_of", Call::DateOf, &[Is(Instant)], Date),
        ("date", Call::Date, &[Is(Text)], Date),
        ("has", Call::Has, &[Is(List), Is(Text)], Bool),
        ("size", Call::Length, &[Is(List)], Number),
        ("contains", Call::Contains, &[Is(Text), Is(Text)], Bool),
        ("starts", Call::Starts, &[Is(Text), Is(Text)], Bool),
        ("left", Call::Left, &[Is(Text), Is(Number)], Text),
    ]
};

#[derive(Clone, Copy)]
enum Arg {
    Any,
    Is(Type),
}

const FOLDS: &[(&str, Fold)] = &[
    ("count", Fold::Count),
    ("sum", Fold::Sum),
    ("least_of", Fold::Least),
    ("greatest_of", Fold::Greatest),
    ("all", Fold::All),
    ("any", Fold::Any),
];

const COMPARISONS: &[(&str, Binary)] = &[
    ("=", Binary::Equal),
    ("!=", Binary::Unequal),
    ("<=", Binary::LessEqual),
    (">=", Binary::GreaterEqual),
    ("<", Binary::Less),
    (">", Binary::Greater),
];

struct Parser<'a> {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    depth: usize,
    vocabulary: Vocabulary<'a>,
    rows: Option<&'a Field>,
    fields: Vec<String>,
    reads_today: bool,
}

type Typed = (Node, Type);

pub(super) fn expression(text: &str, vocabulary: Vocabulary<'_>, expected: Type) -> Result<Expr, ExprError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        end: text.len(),
        depth: 0,
        vocabulary,
        rows: vocabulary.group,
        fields: Vec::new(),
        reads_today: false,
    };
    let (node, ty) = parser.either()?;
    if let Some((at, token)) = parser.tokens.get(parser.next) {
        return Err(wrong(
            *at,
            format!("多余的 {}", show(token)),
            format!("{} is left over", show(token)),
        ));
    }
    expect(0, ty, expected)?;
    parser.fields.sort();
    parser.fields.dedup();
    Ok(Expr {
        node,
        ty,
        fields: parser.fields,
        reads_today: parser.reads_today,
    })
}

fn show(token: &Token) -> String {
    match token {
        Token::Number(t) | Token::Word(t) => format!("«{t}»"),
        Token::Text(t) => format!("\"{t}\""),
        Token::Sign(t) => format!("«{t}»"),
    }
}

fn wrong(at: usize, zh: impl Into<String>, en: impl Into<String>) -> ExprError {
    ExprError {
        at,
        said: Names::new(zh, en),
    }
}

fn expect(at: usize, got: Type, expected: Type) -> Result<(), ExprError> {
    if got == expected {
        return Ok(());
    }
    let ((gz, ge), (ez, ee)) = (got.names(), expected.names());
    Err(wrong(
        at,
        format!("此处应为{ez}，而不是{gz}"),
        format!("expected {ee}, found {ge}"),
    ))
}

impl<'a> Parser<'a> {
    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, t)| t)
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.next += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(w)) if w == word);
        self.next += usize::from(found);
        found
    }

    fn need_sign(&mut self, sign: &'static str) -> Result<(), ExprError> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(wrong(
            self.at(),
            format!("此处应为 «{sign}»"),
            format!("expected «{sign}»"),
        ))
    }

    fn either(&mut self) -> Result<Typed, ExprError> {
        self.depth += 1;
        if self.depth > limits::EXPRESSION_DEPTH {
            return Err(wrong(
                self.at(),
                "表达式嵌套过深",
                "the expression is nested too deeply",
            ));
        }
        let mut left = self.both()?;
        while self.take_word("or") {
            left = self.joined(Binary::Or, left, Self::both, Type::Bool)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Result<Typed, ExprError> {
        let mut left = self.negation()?;
        while self.take_word("and") {
            left = self.joined(Binary::And, left, Self::negation, Type::Bool)?;
        }
        Ok(left)
    }

    /// Two operands of one type, which is also the result's.
    fn joined(
        &mut self,
        op: Binary,
        (left, lt): Typed,
        right: fn(&mut Self) -> Result<Typed, ExprError>,
        ty: Type,
    ) -> Result<Typed, ExprError> {
        let at = self.at();
        expect(at, lt, ty)?;
        let (right, rt) = right(self)?;
        expect(at, rt, ty)?;
        Ok((Node::Binary(op, Box::new(left), Box::new(right)), ty))
    }

    fn negation(&mut self) -> Result<Typed, ExprError> {
        if !self.take_word("not") {
            return self.comparison();
        }
        let at = self.at();
        let (inner, ty) = self.comparison()?;
        expect(at, ty, Type::Bool)?;
        Ok((Node::Unary(Unary::Not, Box::new(inner)), Type::Bool))
    }

    fn comparison(&mut self) -> Result<Typed, ExprError> {
        let left = self.total()?;
        if self.take_word("in") {
            return self.among(left);
        }
        for (sign, op) in COMPARISONS {
            if self.take_sign(sign) {
                let at = self.at();
                let (right, rt) = self.total()?;
                expect(at, rt, left.1)?;
                let ordered = matches!(rt, Type::Number | Type::Date | Type::Instant);
                let equality = matches!(op, Binary::Equal | Binary::Unequal);
                if !(ordered || equality && matches!(rt, Type::Text | Type::Bool)) {
                    return Err(wrong(
                        at,
                        "这类值不能这样比较",
                        "such values cannot be compared in this way",
                    ));
                }
                self.known_code(&left.0, &right, at)?;
                return Ok((Node::Binary(*op, Box::new(left.0), Box::new(right)), Type::Bool));
            }
        }
        Ok(left)
    }

    /// A literal compared with a choice of the definition's own codes must be one of them.
    fn known_code(&self, left: &Node, right: &Node, at: usize) -> Result<(), ExprError> {
        let Node::Literal(Val::Text(code)) = right else {
            return Ok(());
        };
        match left {
            Node::Field { name, row, .. } => {
                let field = self.find(name, *row);
                if let Some(field) = field.filter(|f| !f.choices.is_empty())
                    && !field.choices.iter().any(|c| c.code == *code)
                {
                    let codes: Vec<&str> = field.choices.iter().map(|c| c.code.as_str()).collect();
                    let codes = codes.join(", ");
                    return Err(wrong(
                        at,
                        format!("«{code}» 不是 {name} 的代码，应为 {codes}"),
                        format!("«{code}» is no code of {name}; expected {codes}"),
                    ));
                }
                Ok(())
            }
            Node::State => {
                if self.vocabulary.definition.state(code).is_some() {
                    return Ok(());
                }
                Err(wrong(
                    at,
                    format!("没有状态 «{code}»"),
                    format!("there is no state «{code}»"),
                ))
            }
            _ => Ok(()),
        }
    }

    fn find(&self, name: &str, row: bool) -> Option<&'a Field> {
        if row {
            self.rows?.subfield(name)
        } else {
            self.vocabulary.definition.field(name)
        }
    }

    fn among(&mut self, (left, ty): Typed) -> Result<Typed, ExprError> {
        self.need_sign("(")?;
        let mut values = Vec::new();
        loop {
            let at = self.at();
            let (node, vt) = self.primary()?;
            expect(at, vt, ty)?;
            self.known_code(&left, &node, at)?;
            let Node::Literal(value) = node else {
                return Err(wrong(
                    at,
                    "in (…) 中只能写固定值",
                    "only literal values stand in «in (…)»",
                ));
            };
            values.push(value);
            if !self.take_sign(",") {
                break;
            }
        }
        self.need_sign(")")?;
        Ok((Node::Among(Box::new(left), values), Type::Bool))
    }

    fn total(&mut self) -> Result<Typed, ExprError> {
        self.chain(&[("+", Binary::Add), ("-", Binary::Subtract)], Self::product)
    }

    fn product(&mut self) -> Result<Typed, ExprError> {
        self.chain(&[("*", Binary::Multiply), ("/", Binary::Divide)], Self::signed)
    }

    /// Operands with signs of one rank between them, from the left.
    fn chain(
        &mut self,
        signs: &[(&str, Binary)],
        operand: fn(&mut Self) -> Result<Typed, ExprError>,
    ) -> Result<Typed, ExprError> {
        let mut left = operand(self)?;
        while let Some((_, op)) = signs.iter().find(|(sign, _)| self.take_sign(sign)) {
            left = self.joined(*op, left, operand, Type::Number)?;
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Typed, ExprError> {
        if !self.take_sign("-") {
            return self.primary();
        }
        let at = self.at();
        let (inner, ty) = self.primary()?;
        expect(at, ty, Type::Number)?;
        Ok((Node::Unary(Unary::Minus, Box::new(inner)), Type::Number))
    }

    fn primary(&mut self) -> Result<Typed, ExprError> {
        let at = self.at();
        let Some((_, token)) = self.tokens.get(self.next).cloned() else {
            return Err(wrong(at, "表达式没有写完", "the expression ends too early"));
        };
        self.next += 1;
        match token {
            Token::Number(text) => {
                let number: Exact = text
                    .parse()
                    .map_err(|_| wrong(at, format!("«{text}» 不是数值"), format!("«{text}» is no number")))?;
                Ok((Node::Literal(Val::Number(number)), Type::Number))
            }
            Token::Text(text) => Ok((Node::Literal(Val::Text(text)), Type::Text)),
            Token::Sign("(") => {
                let inner = self.either()?;
                self.need_sign(")")?;
                Ok(inner)
            }
            Token::Sign(sign) => Err(wrong(
                at,
                format!("此处不能写 «{sign}»"),
                format!("«{sign}» cannot stand here"),
            )),
            Token::Word(word) => self.word(at, &word),
        }
    }

    fn word(&mut self, at: usize, word: &str) -> Result<Typed, ExprError> {
        if self.take_sign("(") {
            return self.call(at, word);
        }
        match word {
            "true" => return Ok((Node::Literal(Val::Bool(true)), Type::Bool)),
            "false" => return Ok((Node::Literal(Val::Bool(false)), Type::Bool)),
            "state" if self.vocabulary.definition.life.is_some() => return Ok((Node::State, Type::Text)),
            _ => {}
        }
        let (field, row) = match (self.find(word, true), self.find(word, false)) {
            (Some(field), _) => (field, true),
            (None, Some(field)) => (field, false),
            (None, None) => {
                return Err(wrong(
                    at,
                    format!("没有字段 «{word}»"),
                    format!("there is no field «{word}»"),
                ));
            }
        };
        if !row {
            self.fields.push(word.to_owned());
        }
        let node = Node::Field {
            name: word.to_owned(),
            kind: field.kind,
            repeatable: field.repeatable,
            row,
        };
        Ok((node, Type::of(field)))
    }

    fn call(&mut self, at: usize, word: &str) -> Result<Typed, ExprError> {
        if let Some((_, fold)) = FOLDS.iter().find(|(name, _)| *name == word) {
            return self.fold(*fold);
        }
        if word == "today" {
            self.need_sign(")")?;
            self.reads_today = true;
            return Ok((Node::Today, Type::Date));
        }
        let mut nodes = Vec::new();
        let mut types = Vec::new();
        let mut places = Vec::new();
        if !self.take_sign(")") {
            loop {
                places.push(self.at());
                let (node, ty) = self.either()?;
                nodes.push(node);
                types.push(ty);
                if !self.take_sign(",") {
                    break;
                }
            }
            self.need_sign(")")?;
        }
        if let Some((call, ty)) = Self::free_call(at, word, &types, &places)? {
            return Ok((Node::Call(call, nodes), ty));
        }
        let Some((_, call, args, result)) = CALLS.iter().find(|(name, ..)| *name == word) else {
            return Err(wrong(
                at,
                format!("没有函数 «{word}»"),
                format!("there is no function «{word}»"),
            ));
        };
        if args.len() != types.len() {
            let n = args.len();
            return Err(wrong(
                at,
                format!("{word} 需要 {n} 个参数"),
                format!("{word} takes {n} arguments"),
            ));
        }
        for ((arg, ty), place) in args.iter().zip(&types).zip(&places) {
            if let Arg::Is(expected) = arg {
                expect(*place, *ty, *expected)?;
            }
        }
        if *call == Call::Date {
            let date = match nodes.first() {
                Some(Node::Literal(Val::Text(text))) => text.parse::<Date>().ok(),
                _ => None,
            };
            let date = date.ok_or_else(|| {
                wrong(
                    at,
                    "date 需要 \"YYYY-MM-DD\"",
                    "date takes a literal \"YYYY-MM-DD\"",
                )
            })?;
            return Ok((Node::Literal(Val::Date(date)), Type::Date));
        }
        Ok((Node::Call(*call, nodes), *result))
    }

    /// Calls whose result has the type of their arguments.
    fn free_call(
        at: usize,
        word: &str,
        types: &[Type],
        places: &[usize],
    ) -> Result<Option<(Call, Type)>, ExprError> {
        let place = |n: usize| places.get(n).copied().unwrap_or(at);
        match (word, types) {
            ("if", [condition, yes, no]) => {
                expect(place(0), *condition, Type::Bool)?;
                expect(place(2), *no, *yes)?;
                Ok(Some((Call::If, *yes)))
            }
            ("otherwise", [value, instead]) => {
                expect(place(1), *instead, *value)?;
                Ok(Some((Call::Otherwise, *value)))
            }
            ("least" | "greatest", [first, rest @ ..]) => {
                if !matches!(first, Type::Number | Type::Date) {
                    expect(place(0), *first, Type::Number)?;
                }
                for (n, ty) in rest.iter().enumerate() {
                    expect(place(n + 1), *ty, *first)?;
                }
                let call = if word == "least" {
                    Call::Least
                } else {
                    Call::Greatest
                };
                Ok(Some((call, *first)))
            }
            ("if", _) => Err(wrong(
                at,
                "if 需要 (条件, 是, 否)",
                "if takes (condition, yes, no)",
            )),
            ("otherwise", _) => Err(wrong(
                at,
                "otherwise 需要 (值, 缺失时)",
                "otherwise takes (value, instead)",
            )),
            _ => Ok(None),
        }
    }

    fn fold(&mut self, fold: Fold) -> Result<Typed, ExprError> {
        let at = self.at();
        let group = match self.peek() {
            Some(Token::Word(word)) => self
                .vocabulary
                .definition
                .field(word)
                .filter(|f| f.kind == FieldType::Group),
            _ => None,
        };
        let Some(group) = group.filter(|_| self.rows.is_none()) else {
            return Err(wrong(
                at,
                "此处应为分组字段的名称",
                "expected the name of a group",
            ));
        };
        self.next += 1;
        self.fields.push(group.name.clone());
        let mut inner = None;
        let mut inner_type = None;
        if self.take_sign(",") {
            let at = self.at();
            self.rows = Some(group);
            let (node, ty) = self.either()?;
            self.rows = None;
            let fits = match fold {
                Fold::Count | Fold::All | Fold::Any => ty == Type::Bool,
                Fold::Sum => ty == Type::Number,
                Fold::Least | Fold::Greatest => matches!(ty, Type::Number | Type::Date),
            };
            if !fits {
                expect(
                    at,
                    ty,
                    if matches!(fold, Fold::Sum) {
                        Type::Number
                    } else {
                        Type::Bool
                    },
                )?;
            }
            inner = Some(Box::new(node));
            inner_type = Some(ty);
        } else if fold != Fold::Count {
            return Err(wrong(self.at(), "此处应为 «, 表达式»", "expected «, expression»"));
        }
        self.need_sign(")")?;
        let ty = match fold {
            Fold::Count | Fold::Sum => Type::Number,
            Fold::All | Fold::Any => Type::Bool,
            Fold::Least | Fold::Greatest => inner_type.unwrap_or(Type::Number),
        };
        Ok((
            Node::Fold {
                fold,
                group: group.name.clone(),
                inner,
            },
            ty,
        ))
    }
}
