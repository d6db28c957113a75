//! Permits by name: codes, quantity, validity, reports, reductions.

use serde_json::Value;

use super::codes::{facility_code, permit_code};
use super::quota::{Report, by_efficiency, quota, report_due, structural, validity};
use crate::checks::{amount, choice, maybe, refuse, whole};
use crate::conformance::plain;
use crate::explain::{begin, conclude, undecided};
use crate::guard::within;
use crate::input::InputError;
use crate::judgement::{Basis, Confidence, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const CODE: Topic = Topic {
    id: "permit/code",
    zh: "排污许可证编号校验",
    en: "Permit number",
    basis: "HJ 608-2017、GB 32100-2015",
    example: r#"{"code":"91130200699229617X001P"}"#,
    evaluate: |input| {
        let code = input.str("code")?;
        let mut j = begin(
            "permit/code",
            ("HJ 608", "2017", "排污单位编码"),
            Confidence::Secondary,
        );
        j.also(Basis::new("GB 32100", "2015", "校验码"));
        match permit_code(code) {
            Ok(parts) => {
                j.put("valid", true)
                    .put("uscc", parts.credit_code.clone())
                    .put("seq", parts.sequence.clone())
                    .put("letter", parts.letter.to_string())
                    .put("reason", Value::Null);
                let words = text!(
                    "编号有效: 信用代码 {}、顺序码 {}",
                    "valid: credit code {}, sequence {}",
                    parts.credit_code,
                    parts.sequence
                );
                conclude(&mut j, Verdict::Classified, words);
            }
            Err(error) => {
                for key in ["uscc", "seq", "letter"] {
                    j.put(key, Value::Null);
                }
                j.put("valid", false).put("reason", error.reason());
                conclude(&mut j, Verdict::Classified, Text::same(error.to_string()));
            }
        }
        Ok(j)
    },
    case: plain,
};

pub(super) const FACILITY_CODE: Topic = Topic {
    id: "permit/facility_code",
    zh: "排放口与设施编码校验",
    en: "Codes of outlets and facilities",
    basis: "HJ 608-2017",
    example: r#"{"code":"DA001"}"#,
    evaluate: |input| {
        let code = input.str("code")?;
        let mut j = begin(
            "permit/facility_code",
            ("HJ 608", "2017", "排放口及设施编码"),
            Confidence::Secondary,
        );
        if let Some((kind, serial)) = facility_code(code) {
            j.rests_on(kind.confidence)
                .put("valid", true)
                .put("type", kind.kind.as_str())
                .put("element", kind.element())
                .put("serial", serial);
            let (zh, en) = (&kind.name_zh, &kind.kind);
            conclude(
                &mut j,
                Verdict::Classified,
                text!("{zh} {serial} 号", "{en} no. {serial}"),
            );
        } else {
            for key in ["type", "element", "serial"] {
                j.put(key, Value::Null);
            }
            j.put("valid", false);
            let words = Text::new(
                "编码不符合 DA001、DW001、MF0001、TA001 等形式",
                "not of the shape DA001, DW001, MF0001, TA001 …",
            );
            conclude(&mut j, Verdict::Classified, words);
        }
        Ok(j)
    },
    case: plain,
};

pub(super) const QUOTA: Topic = Topic {
    id: "permit/quota",
    zh: "许可排放量使用进度",
    en: "Use of the permitted quantity",
    basis: "排污许可管理条例 二十一;预警为平台规则",
    example: r#"{"permit_t":100,"ytd_t":84,"day_of_year":200,"year_days":365}"#,
    evaluate: |input| {
        let permitted = amount(input, "permit_t")?;
        let mut j = begin(
            "permit/quota",
            ("排污许可管理条例", "2021", "第二十一条"),
            Confidence::Verified,
        );
        let day = within(input, "day_of_year", 1, 366)?;
        let year = within(input, "year_days", 365, 366)?;
        if input.has("ytd_t") && input.opt("ytd_t").is_none() {
            let why = Text::new(
                "缺累计排放量,不作判定",
                "no emission so far was given: no judgement",
            );
            undecided(&mut j, &["ratio", "pace_warn", "level"], why);
            return Ok(j);
        }
        let so_far = amount(input, "ytd_t")?;
        let q = quota(&permitted, &so_far, &day, &year).map_err(refuse(input))?;
        j.rests_on(q.confidence)
            .uses("ytd_t", &so_far, "t")
            .limit(
                &permitted,
                "t",
                Basis::new("排污许可证", "", "许可排放量"),
                Text::new("年许可排放量", "permitted quantity of the year"),
                Confidence::Verified,
            )
            .put("ratio", maybe(q.ratio.as_ref()))
            .put("pace_warn", q.pace_warn)
            .put("level", q.level);
        let shown = q
            .ratio
            .as_ref()
            .map_or_else(|| "—".to_owned(), ToString::to_string);
        j.step(
            Text::new("使用比例", "ratio"),
            format!("{so_far} / {permitted}"),
            &shown,
        )
        .step(
            Text::new("时间进度加 0.1", "time elapsed plus 0.1"),
            format!("{day} / {year} + 0.1"),
            &q.pace_warn,
        );
        if let Some(ratio) = &q.ratio {
            j.finish(ratio, ratio.to_display(), "");
        }
        let level = q.level;
        let words = text!(
            "已用许可排放量的 {shown},级别 {level}",
            "{shown} of the permitted quantity is used, level {level}"
        );
        let over = level == "exceed";
        conclude(&mut j, if over { Verdict::Exceeded } else { Verdict::Met }, words);
        Ok(j)
    },
    case: plain,
};

/// An error for a day so late that the calendar ends.
fn calendar(input: &crate::input::Input<'_>, key: &str) -> InputError {
    input.error(
        key,
        "range",
        text!("日期超出日历范围", "the date is beyond the calendar"),
    )
}

pub(super) const VALIDITY: Topic = Topic {
    id: "permit/validity",
    zh: "排污许可证有效期与延续申请期限",
    en: "Validity of a permit and renewal",
    basis: "排污许可管理条例 十四",
    example: r#"{"valid_from":"2024-03-20"}"#,
    evaluate: |input| {
        let from = input.date("valid_from")?;
        let v = validity(from).ok_or_else(|| calendar(input, "valid_from"))?;
        let mut j = begin(
            "permit/validity",
            ("排污许可管理条例", "2021", "第十四条"),
            Confidence::Verified,
        );
        j.uses("valid_from", &from, "")
            .step(
                Text::new("有效期届满", "last day"),
                format!("{from} + 5 年 − 1 日"),
                &v.valid_to,
            )
            .step(
                Text::new("延续申请截止", "apply by"),
                format!("{} − 60 日", v.valid_to),
                &v.renewal_apply_by,
            )
            .put("valid_to", v.valid_to.to_string())
            .put("renewal_apply_by", v.renewal_apply_by.to_string());
        let words = text!(
            "有效期至 {},应于 {} 前申请延续",
            "valid to {}, apply for renewal by {}",
            v.valid_to,
            v.renewal_apply_by
        );
        conclude(&mut j, Verdict::Computed, words);
        Ok(j)
    },
    case: plain,
};

pub(super) const REPORT_DUE: Topic = Topic {
    id: "permit/report_due",
    zh: "执行报告提交期限",
    en: "When an execution report is due",
    basis: "排污许可证执行报告管理",
    example: r#"{"report":"quarterly","period_end":"2026-03-31"}"#,
    evaluate: |input| {
        let reports = [
            ("annual", Report::Annual),
            ("quarterly", Report::Quarterly),
            ("monthly", Report::Monthly),
        ];
        let report = choice(input, "report", &reports)?;
        let end = input.date("period_end")?;
        let due = report_due(report, end).ok_or_else(|| calendar(input, "period_end"))?;
        let mut j = begin(
            "permit/report_due",
            ("执行报告技术规范", "", "提交时间"),
            Confidence::Configurable,
        );
        j.uses("period_end", &end, "").put("due", due.to_string());
        conclude(
            &mut j,
            Verdict::Computed,
            text!("应于 {due} 前提交", "due by {due}"),
        );
        Ok(j)
    },
    case: plain,
};

pub(super) const REDUCTION: Topic = Topic {
    id: "permit/reduction",
    zh: "工程与结构减排量核算",
    en: "Accounting of reductions",
    basis: "主要污染物总量减排核算",
    example: r#"{"mode":"efficiency","base_emission_t":1000,"eta_before":0.5,"eta_after":0.8,"months_after_completion":6}"#,
    evaluate: |input| {
        let by_structure = choice(input, "mode", &[("efficiency", false), ("structural", true)])?;
        let base = amount(input, "base_emission_t")?;
        let months = Exact::int(whole(input, "months_after_completion", 0, 12)?);
        let mut j = begin(
            "permit/reduction",
            ("主要污染物总量减排核算", "十四五", "重点工程减排量"),
            Confidence::Secondary,
        );
        j.uses("base_emission_t", &base, "t")
            .uses("months_after_completion", &months, "");
        let (r, formula) = if by_structure {
            let after = amount(input, "after_emission_t")?;
            (structural(&base, &after, &months), format!("{base} − {after}"))
        } else {
            let (before, after) = (
                within(input, "eta_before", 0, 1)?,
                within(input, "eta_after", 0, 1)?,
            );
            let formula = format!("{base} × ({after} − {before}) / (1 − {before})");
            (by_efficiency(&base, &before, &after, &months), formula)
        };
        let r = r.map_err(refuse(input))?;
        let (Some(full), Some(this)) = (&r.full_year, &r.this_year) else {
            let why = Text::new(
                "治理前效率为 100%,减排量无意义",
                "the old efficiency was 100 %: no reduction can be computed",
            );
            undecided(&mut j, &["full_year_t", "this_year_t"], why);
            return Ok(j);
        };
        j.step(Text::new("全年减排量", "reduction of a full year"), formula, full)
            .step(
                Text::new("当年减排量", "reduction of this year"),
                format!("{full} × {months}/12"),
                this,
            )
            .put("full_year_t", full.to_json())
            .put("this_year_t", this.to_json())
            .finish(this, this.to_display(), "t");
        conclude(
            &mut j,
            Verdict::Computed,
            text!(
                "全年减排 {full} t,当年计 {this} t",
                "{full} t a year, {this} t this year"
            ),
        );
        Ok(j)
    },
    case: plain,
};
