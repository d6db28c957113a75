//! Codes of waste by name: hazardous and solid waste, manifests, digital IDs.

use super::code::{digital_id, hazardous_code, manifest_no, solid_code};
use crate::explain::{conclude, verdict};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::text;

topic!(
    HW_CODE,
    "waste/hw_code",
    "危险废物代码",
    "Hazardous-waste code",
    "国家危险废物名录(2021年版)",
    r#"{"code":"321-024-48"}"#,
    hw_code
);

topic!(
    SOLID_CODE,
    "waste/solid_code",
    "固体废物代码",
    "Solid-waste code",
    "固体废物分类与代码目录(2024)",
    r#"{"code":"321-001-S09"}"#,
    solid
);

topic!(
    MANIFEST_NO,
    "waste/manifest_no",
    "危险废物转移联单编号",
    "Manifest number",
    "危险废物转移管理办法",
    r#"{"no":"20263715000123"}"#,
    manifest
);

topic!(
    DIGITAL_ID,
    "waste/digital_id",
    "危险废物数字识别码",
    "Digital ID of a label",
    "HJ 1276-2022(分段未经核实)",
    r#"{"id":"91371500MA3ABCDE1X3210244820260501000123"}"#,
    digital
);

fn hw_code(input: &Input<'_>) -> Result<Judgement, InputError> {
    let code = input.str("code")?;
    let shown: String = code.chars().take(40).collect();
    let mut out = Judgement::new(
        "waste/hw_code",
        Basis::new("国家危险废物名录", "2021", "代码与附表"),
    );
    out.uses("code", &shown, "");
    // Since 2025 another edition is in force, whose list is not carried here.
    if input.opt("date").is_some() && input.date("date")?.year() >= 2025 {
        out.rests_on(Confidence::Uncertain);
    }
    match hazardous_code(code) {
        Err(error) => {
            out.put("valid", false).put("reason", error.key());
            let why = error.key();
            out.conclude(
                Verdict::Exceeded,
                text!(
                    "代码 {shown} 无效({error})。",
                    "Code {shown} is not valid: {why}."
                ),
            );
        }
        Ok(read) => {
            let listed = read.hazards.is_some();
            let (category, name) = (read.category.clone(), read.category_name);
            out.put("valid", true)
                .put("category", read.category)
                .put("category_name", name)
                .put("industry", read.industry)
                .put("serial", read.serial)
                .put("in_list_2021", listed)
                .put("identified_not_listed", read.identified);
            if let Some(hazards) = read.hazards {
                let joined = hazards.join(", ");
                out.step(text!("危险特性", "hazards"), shown.clone(), &joined);
                out.put("hazard", hazards);
            }
            let (zh, en) = match (listed, read.identified) {
                (true, _) => ("列入名录", "listed"),
                (false, true) => ("经鉴别属危险废物,未列入名录", "identified by testing, not listed"),
                (false, false) => (
                    "格式有效,未列入 2021 年版名录",
                    "well-formed, not in the list of 2021",
                ),
            };
            conclude(
                &mut out,
                Verdict::Classified,
                text!("{shown} {category} {name}:{zh}", "{shown} {category}: {en}"),
            );
        }
    }
    Ok(out)
}

fn solid(input: &Input<'_>) -> Result<Judgement, InputError> {
    let code = input.str("code")?;
    let shown: String = code.chars().take(40).collect();
    let mut out = Judgement::new(
        "waste/solid_code",
        Basis::new("固体废物分类与代码目录", "2024", "代码规则"),
    );
    out.rests_on(Confidence::Secondary);
    out.uses("code", &shown, "");
    let read = solid_code(code);
    out.put("valid", read.is_some());
    if let Some((class, group)) = read {
        let name = &group.name;
        out.rests_on(group.confidence);
        out.put("group", group.group.clone()).put("class", class.clone());
        let en = &group.group;
        out.conclude(
            Verdict::Classified,
            text!("{shown}:{class},{name}。", "{shown}: {class}, {en}."),
        );
    } else {
        out.conclude(
            Verdict::Exceeded,
            text!(
                "代码 {shown} 不符合 XXX-YYY-Sxx。",
                "{shown} does not follow XXX-YYY-Sxx."
            ),
        );
    }
    Ok(out)
}

fn manifest(input: &Input<'_>) -> Result<Judgement, InputError> {
    let no = input.str("no")?;
    let shown: String = no.chars().take(40).collect();
    let mut out = Judgement::new(
        "waste/manifest_no",
        Basis::new("危险废物转移管理办法", "2022", "联单编号"),
    );
    out.uses("no", &shown, "");
    let read = manifest_no(no);
    out.put("valid", read.is_some());
    if let Some(read) = read {
        let (year, province, city, serial) = (read.year, &read.province, &read.city, read.serial);
        out.step(
            text!(
                "年 4 + 省 2 + 市 2 + 流水 6",
                "year 4 + province 2 + city 2 + serial 6"
            ),
            shown.clone(),
            &format!("{year} {province} {city} {serial}"),
        );
        out.put("year", year)
            .put("province", province.clone())
            .put("city", city.clone())
            .put("serial", serial);
        out.conclude(
            Verdict::Met,
            text!("联单编号 {shown} 符合规则。", "Number {shown} follows the rule."),
        );
    } else {
        out.conclude(
            Verdict::Exceeded,
            text!(
                "联单编号 {shown} 应为 14 位数字。",
                "Number {shown} must be 14 digits."
            ),
        );
    }
    Ok(out)
}

fn digital(input: &Input<'_>) -> Result<Judgement, InputError> {
    let id = input.str("id")?;
    let shown: String = id.chars().take(40).collect();
    let mut out = Judgement::new("waste/digital_id", Basis::new("HJ 1276", "2022", "数字识别码"));
    out.rests_on(Confidence::Configurable);
    out.uses("id", &shown, "");
    let read = digital_id(id);
    out.put("valid", read.is_some());
    let valid = read.is_some();
    if let Some(read) = read {
        out.put("unit", read.unit)
            .put("waste", read.waste)
            .put("date", read.date)
            .put("serial", read.serial);
    }
    let words = if valid {
        text!("识别码可按 18+8+8+6 拆分", "the ID splits into 18+8+8+6")
    } else {
        text!(
            "识别码不是 40 位或字符不符",
            "the ID is not of 40 fitting characters"
        )
    };
    conclude(&mut out, verdict(!valid), words);
    Ok(out)
}
