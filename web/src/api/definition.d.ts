/** Made by `npm run types` from docs/registers.schema.json. Not to be edited. */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Who sees and who changes. */
        Access: {
            /**
             * @description Departments too see and change only the records whose `unit_field` is their own unit: for lists of what each unit has
             *     to do. Left out, a department sees every record.
             * @default false
             */
            departments_own: boolean;
            /**
             * @description Fields that hold a firm's code, by which firms see their own records; none when left out.
             * @default []
             */
            firm_fields: string[];
            /** @description Roles that see the records of their scope. */
            read: string[];
            /**
             * @description `unit` field by which towns and departments see their own records; all records when left out.
             * @default null
             */
            unit_field: string | null;
            /**
             * @description Codes of the units whose staff enter, edit and decide as `department` (the units the plan names for the matter);
             *     the other departments read. Every department when left out.
             * @default []
             */
            units: string[];
            /** @description Roles that enter and edit records of their scope. */
            write: string[];
        };
        /** @description Where a deadline's clock starts. */
        Anchor: "state" | "field";
        /** @description One code of a short list given in the field itself. */
        Choice: {
            /** @description Stable code. */
            code: string;
            /** @description English name. */
            en: string;
            /** @description Chinese name. */
            zh: string;
        };
        /** @description One comparison of two records. */
        Compare: {
            /**
             * Format: uint32
             * @description Taken from the score where both values are known and disagree.
             * @default 0
             */
            against: number;
            /**
             * Format: uint32
             * @description `similar`: least likeness in percent that counts as agreeing (default 80).
             * @default null
             */
            at_least: number | null;
            /** @description Field compared. */
            field: string;
            /** @description How. */
            how: components["schemas"]["Comparison"];
            /**
             * @description Words left out of both texts before comparing, such as 有限公司.
             * @default []
             */
            ignore: string[];
            /**
             * Format: uint32
             * @description Added to the score where the values agree.
             */
            weight: number;
            /**
             * Format: uint32
             * @description `near`: greatest distance in metres that counts as agreeing (default 100).
             * @default null
             */
            within_m: number | null;
        };
        /** @description How two values are compared. */
        Comparison: "exact" | "normalised" | "similar" | "near";
        /** @description A count or a sum over the register. */
        Counter: {
            /**
             * @description Scalar field by whose values the figure is also given.
             * @default null
             */
            by: string | null;
            /** @description English name. */
            en: string;
            /**
             * @description Systems of the plan that read this figure.
             * @default []
             */
            feeds: string[];
            /** @description Stable name. */
            name: string;
            /**
             * @description What is summed; records are counted when left out.
             * @default null
             */
            sum: string | null;
            /**
             * @description What the figure should be.
             * @default null
             */
            target: components["schemas"]["Target"] | null;
            /**
             * @description Unit of the figure.
             * @default
             */
            unit: string;
            /**
             * @description Which records are counted; all when left out.
             * @default null
             */
            where: string | null;
            /** @description Chinese name. */
            zh: string;
        };
        /** @description A date by which something must have happened. */
        Deadline: {
            /**
             * @description Expression; the clock runs only where it is true.
             * @default null
             */
            applies: string | null;
            /** @description Where the time stands, with its confidence. */
            basis: string;
            /**
             * Format: int64
             * @description How far; negative for «so long before».
             */
            count: number;
            /** @description English name. */
            en: string;
            /**
             * @description Date or instant field the clock starts from, with `from = "field"`.
             * @default null
             */
            field: string | null;
            /** @description Where the clock starts. */
            from: components["schemas"]["Anchor"];
            /** @description Stable name. */
            name: string;
            /**
             * @description Days before the deadline on which the responsible are reminded.
             * @default []
             */
            remind_days: number[];
            /** @description In what. */
            span: components["schemas"]["Span"];
            /**
             * @description States in which the clock runs; every state that is not closed when left out.
             * @default []
             */
            states: string[];
            /** @description Chinese name. */
            zh: string;
        };
        /** @description One field of a record. */
        Field: {
            /**
             * @description Other headers under which the column comes.
             * @default []
             */
            aliases: string[];
            /**
             * Format: uint32
             * @description Most rows of a group, or values of a repeatable field.
             * @default null
             */
            at_most: number | null;
            /**
             * @description Codes of a short list.
             * @default []
             */
            choices: components["schemas"]["Choice"][];
            /**
             * @description Name of a code list (`registers/codes/<name>.csv`).
             * @default null
             */
            codes: string | null;
            /**
             * @description Expression from which the value follows; such a field is never entered.
             * @default null
             */
            computed: string | null;
            /**
             * Format: uint32
             * @description Decimals at most; a computed decimal is rounded to them once by GB/T 8170.
             * @default null
             */
            decimals: number | null;
            /**
             * @description Value given where none is entered.
             * @default null
             */
            default: unknown;
            /** @description English name. */
            en: string;
            /**
             * @description What the pattern means, for people.
             * @default null
             */
            expects: components["schemas"]["Names"] | null;
            /**
             * @description Fields of a group's rows.
             * @default []
             */
            fields: components["schemas"]["Field"][];
            /**
             * @description Largest number or latest date, as text, included.
             * @default null
             */
            max: string | null;
            /**
             * Format: uint32
             * @description Largest file, MiB.
             * @default null
             */
            max_mib: number | null;
            /**
             * @description Media types a file may have.
             * @default []
             */
            media: string[];
            /**
             * @description Smallest number or earliest date, as text, included.
             * @default null
             */
            min: string | null;
            /** @description Stable name: lower-case letters, digits, underscores. */
            name: string;
            /**
             * @description Explanation for forms and the template.
             * @default
             */
            note: string;
            /**
             * @description Regular expression the whole text must match.
             * @default null
             */
            pattern: string | null;
            /**
             * @description Shown to the public.
             * @default false
             */
            public: boolean;
            /**
             * @description Register whose record is meant.
             * @default null
             */
            register: string | null;
            /**
             * @description Several values (not for groups, which always are).
             * @default false
             */
            repeatable: boolean;
            /**
             * @description A record without it is refused.
             * @default false
             */
            required: boolean;
            /**
             * @description Expression; where it is true the field is required.
             * @default null
             */
            required_when: string | null;
            /**
             * @description Kind of the subject meant; `any` for every kind.
             * @default null
             */
            subject: string | null;
            /** @description Kind of value. */
            type: components["schemas"]["FieldType"];
            /**
             * @description Unit of a number.
             * @default
             */
            unit: string;
            /** @description Chinese name: the column's header. */
            zh: string;
        };
        /** @description What kind of value a field holds. */
        FieldType: "text" | "integer" | "decimal" | "date" | "instant" | "choice" | "boolean" | "file" | "point" | "line" | "area" | "reference" | "unit" | "credit_code" | "permit_code" | "group";
        /** @description Records of this register belong to a source. */
        Identity: {
            /** @description Part of the source's file its records stand in. */
            part: string;
            /** @description Field of the source's record → field of this register that says the same. */
            same: {
                [key: string]: string;
            };
            /** @description Register that holds the sources. */
            source: string;
        };
        /** @description Values that together occur once in the register. */
        Key: {
            /** @description Names of scalar fields. */
            fields: string[];
        };
        /** @description States and transitions of a record. */
        Life: {
            /** @description State of a new record. */
            start: string;
            /** @description All states. */
            state: components["schemas"]["State"][];
            /** @description All transitions. */
            transition: components["schemas"]["Transition"][];
        };
        /** @description How a record is drawn. */
        MapSymbol: {
            /**
             * @description Choice field whose codes colour the symbol; the state colours it when left out.
             * @default null
             */
            colour_by: string | null;
            /** @description Place field that is drawn. */
            field: string;
            /**
             * Format: uint8
             * @description Smallest zoom at which the layer is drawn.
             * @default null
             */
            min_zoom: number | null;
            /** @description Name of the symbol in the pages' symbol sheet. */
            symbol: string;
        };
        /** @description How records that mean the same thing (重复记录) are found: weights of agreeing fields are added up. */
        Matching: {
            /** @description Fields compared. */
            compare: components["schemas"]["Compare"][];
            /**
             * Format: uint32
             * @description From this score on a person should look.
             */
            review_from: number;
            /**
             * Format: uint32
             * @description From this score on two records count as the same, still confirmed by a person.
             */
            same_from: number;
        };
        /** @description How a record of version `to − 1` becomes one of version `to`. */
        Migration: {
            /**
             * @description Values given to records that lack them.
             * @default {}
             */
            default: {
                [key: string]: unknown;
            };
            /**
             * @description Fields dropped; their values stay in the history.
             * @default []
             */
            drop: string[];
            /**
             * @description Field → old code → new code.
             * @default {}
             */
            recode: {
                [key: string]: {
                    [key: string]: string;
                };
            };
            /**
             * @description Old field name → new field name.
             * @default {}
             */
            rename: {
                [key: string]: string;
            };
            /**
             * @description Old state → new state.
             * @default {}
             */
            states: {
                [key: string]: string;
            };
            /**
             * Format: uint32
             * @description Version reached by this step.
             */
            to: number;
        };
        /** @description One name or sentence in Chinese and English. */
        Names: {
            /** @description English */
            en: string;
            /** @description Chinese (zh-CN) */
            zh: string;
        };
        /** @description What the public sees: the fields marked `public` of the records that match. */
        Publication: {
            /** @description Where the duty stands. */
            basis: string;
            /**
             * Format: uint32
             * @description Days after the end of the period within which it must be out.
             * @default 0
             */
            due_days: number;
            /** @description How often the publication is renewed. */
            rhythm: components["schemas"]["Rhythm"];
            /**
             * @description Which records are published; all when left out.
             * @default null
             */
            where: string | null;
        };
        /** @description A share: what is reached of what there is. */
        Rate: {
            /**
             * Format: uint32
             * @description Decimals of the percentage, rounded once by GB/T 8170.
             */
            decimals: number;
            /**
             * @description A condition or a number; every record that takes part counts one when left out.
             * @default null
             */
            denominator: string | null;
            /** @description English name. */
            en: string;
            /**
             * @description Systems of the plan that read this figure.
             * @default []
             */
            feeds: string[];
            /** @description Stable name. */
            name: string;
            /** @description A condition (counts records) or a number (is summed). */
            numerator: string;
            /**
             * @description What the share should be.
             * @default null
             */
            target: components["schemas"]["Target"] | null;
            /**
             * @description Which records take part; all when left out.
             * @default null
             */
            where: string | null;
            /** @description Chinese name. */
            zh: string;
        };
        /** @description How often something is published. */
        Rhythm: "live" | "monthly" | "quarterly" | "yearly";
        /** @description Something that must hold for every record. */
        Rule: {
            /** @description What was expected, in English. */
            en: string;
            /** @description The field the finding is shown at. */
            field: string;
            /** @description Expression that is true of a good record; where a value it needs is missing, the rule is silent. */
            holds: string;
            /** @description What was expected, in Chinese. */
            zh: string;
        };
        /** @description The good side of a target. */
        Sense: "at_least" | "at_most";
        /**
         * @description The register holds one record per source (一源一档), to which records of other lists belong. Who is who is said by
         *     [`super::Matching`]; what is equal in a field of `exact` is the same without a person.
         */
        SourceFile: {
            /**
             * @description Repeatable text field with other and former names.
             * @default null
             */
            aliases: string | null;
            /** @description Fields with identifiers: where one agrees and none contradicts, records are the same. */
            exact: string[];
            /** @description Text field with the name. */
            name: string;
            /** @description Parts of the file, in the order they are shown. */
            part: components["schemas"]["SourcePart"][];
        };
        /** @description One part of a source's file. */
        SourcePart: {
            /** @description Stable code. */
            code: string;
            /** @description English name. */
            en: string;
            /** @description Chinese name. */
            zh: string;
        };
        /** @description Units of a deadline. */
        Span: "working_hours" | "working_days" | "hours" | "days" | "months" | "years";
        /** @description One state. */
        State: {
            /**
             * @description The matter is settled here.
             * @default false
             */
            closed: boolean;
            /** @description English name. */
            en: string;
            /**
             * @description Fields cannot be edited in this state.
             * @default false
             */
            locked: boolean;
            /** @description Stable name. */
            name: string;
            /** @description Chinese name. */
            zh: string;
        };
        /**
         * @description Records are the forms of watched subjects (监管对象): writing one writes the subject. The code never changes, for
         *     devices and series hang on it.
         */
        SubjectForm: {
            /**
             * @description The subject's further facts (`attrs`) → scalar field.
             * @default {}
             */
            attrs: {
                [key: string]: string;
            };
            /** @description Required text field that is the subject's code and a key of its own. */
            code: string;
            /**
             * @description Text field with the English name.
             * @default null
             */
            en: string | null;
            /** @description Kind of the subjects. */
            kind: string;
            /**
             * @description Reference to the subject it belongs to.
             * @default null
             */
            parent: string | null;
            /**
             * @description Point field.
             * @default null
             */
            place: string | null;
            /**
             * @description Boolean field: the place is schematic, not surveyed.
             * @default null
             */
            schematic: string | null;
            /**
             * @description Field with the responsible unit.
             * @default null
             */
            unit: string | null;
            /** @description Required text field with the Chinese name. */
            zh: string;
        };
        /** @description What a figure should be, and since when. */
        Target: {
            /** @description Where the target stands, with its confidence where that is not sure. */
            basis: string;
            /**
             * @description By which date, `YYYY-MM-DD`.
             * @default null
             */
            by: string | null;
            /** @description How the figure compares with it when the target is met. */
            is: components["schemas"]["Sense"];
            /** @description Exact number as text. */
            value: string;
        };
        /** @description One transition. */
        Transition: {
            /**
             * @description Expression that must be true; a missing value is not true.
             * @default null
             */
            condition: string | null;
            /**
             * @description What the condition asks, in English.
             * @default
             */
            condition_en: string;
            /**
             * @description What the condition asks, in Chinese.
             * @default
             */
            condition_zh: string;
            /** @description English name. */
            en: string;
            /**
             * @description Values with which the transition can be taken; shown in the manual and walked by the tests.
             * @default {}
             */
            example: {
                [key: string]: unknown;
            };
            /** @description States it may start from. */
            from: string[];
            /** @description Stable name. */
            name: string;
            /**
             * @description Fields that must be filled in, evidence (files) among them.
             * @default []
             */
            needs: string[];
            /**
             * @description A written reason is asked for.
             * @default false
             */
            reason: boolean;
            /**
             * @description The transition takes a settled matter up again (重新打开).
             * @default false
             */
            reopens: boolean;
            /** @description Roles that may take it. */
            roles: string[];
            /**
             * @description Name of an earlier transition: whoever took it last may not take this one.
             * @default null
             */
            second_person_to: string | null;
            /** @description State it leads to. */
            to: string;
            /** @description Chinese name: the button's text. */
            zh: string;
        };
        /** @description The register is a layer of areas with rules (分区图层): places are tested against its records, and its rules hold in them. */
        Zoning: {
            /**
             * @description Choice or text field with the class within the layer.
             * @default null
             */
            class: string | null;
            /** @description Place field with its extent. */
            field: string;
            /**
             * @description Choice or text field that names the layer; all records are of one layer when left out.
             * @default null
             */
            kind: string | null;
            /**
             * @description Name of the layer, where it is neither the register's nor said by `kind`.
             * @default null
             */
            names: components["schemas"]["Names"] | null;
            /**
             * @description Fields that say what holds there.
             * @default []
             */
            rules: string[];
            /**
             * @description What holds everywhere in the layer, whatever its fields say (a rule of law).
             * @default null
             */
            says: string | null;
            /**
             * @description Which records hold; all when left out.
             * @default null
             */
            where: string | null;
            /**
             * Format: uint32
             * @description From how near it already matters, metres.
             * @default 0
             */
            within_m: number;
        };
        /**
         * Definition
         * @description Definition of one register (台账定义).
         */
        Definition: {
            /** @description Who sees and who changes. */
            access: components["schemas"]["Access"];
            /**
             * @description Counts and sums.
             * @default []
             */
            counter: components["schemas"]["Counter"][];
            /**
             * @description Dates by which something must have happened.
             * @default []
             */
            deadline: components["schemas"]["Deadline"][];
            /** @description English name. */
            en: string;
            /** @description Fields, in the order of the form and of the template. */
            field: components["schemas"]["Field"][];
            /**
             * @description Its records belong to sources.
             * @default null
             */
            identity: components["schemas"]["Identity"] | null;
            /**
             * @description Sets of fields whose values together occur once.
             * @default []
             */
            key: components["schemas"]["Key"][];
            /**
             * @description States and transitions.
             * @default null
             */
            life: components["schemas"]["Life"] | null;
            /**
             * @description How a record is drawn on the map.
             * @default null
             */
            map: components["schemas"]["MapSymbol"] | null;
            /**
             * @description How records that mean the same thing are found.
             * @default null
             */
            matching: components["schemas"]["Matching"] | null;
            /**
             * @description How records of older versions become records of this one.
             * @default []
             */
            migration: components["schemas"]["Migration"][];
            /** @description Stable name, equal to the file's name: lower-case letters, digits, underscores. */
            name: string;
            /**
             * @description Sources of the rules with their confidence, doubts, choices of the project.
             * @default []
             */
            notes: string[];
            /**
             * @description What the public sees, and how often it is renewed.
             * @default null
             */
            publication: components["schemas"]["Publication"] | null;
            /**
             * @description Shares.
             * @default []
             */
            rate: components["schemas"]["Rate"][];
            /**
             * @description The law or rule that fixes the retention.
             * @default
             */
            retention_basis: string;
            /**
             * Format: uint32
             * @description Years a record is kept after its last change.
             */
            retention_years: number;
            /**
             * @description What must hold between the fields of one record.
             * @default []
             */
            rule: components["schemas"]["Rule"][];
            /**
             * @description It holds one record per source, to which records of other registers belong.
             * @default null
             */
            source: components["schemas"]["SourceFile"] | null;
            /**
             * @description The watched subject each record is the form of.
             * @default null
             */
            subject: components["schemas"]["SubjectForm"] | null;
            /** @description Systems of the plan that this register serves, e.g. `S113`. */
            systems: string[];
            /** @description Fields that together make a record's title. */
            title: string[];
            /**
             * Format: uint32
             * @description Version of this definition, counted from 1; older versions stand beside it as `<name>@<version>.toml`.
             */
            version: number;
            /** @description Chinese name. */
            zh: string;
            /**
             * @description Its records are areas with rules that places are tested against, one layer for each place that has them.
             * @default []
             */
            zoning: components["schemas"]["Zoning"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
