//! The one list of error codes: it drives status, message, remedy and the pages in `docs/errors`.

use axum::http::StatusCode;

/// What stands behind a code.
#[derive(Debug)]
pub struct Definition {
    /// Stable name.
    pub name: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// What is wrong, Chinese.
    pub zh: &'static str,
    /// What is wrong, English.
    pub en: &'static str,
    /// What to do, Chinese.
    pub remedy_zh: &'static str,
    /// What to do, English.
    pub remedy_en: &'static str,
}

macro_rules! codes {
    ($($variant:ident $name:literal $status:ident { $zh:literal $en:literal $rzh:literal $ren:literal })*) => {
        /// A stable error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $en] $variant,)*
        }

        impl Code {
            /// All codes, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// What stands behind the code.
            pub fn definition(self) -> &'static Definition {
                match self {
                    $(Self::$variant => &Definition {
                        name: $name,
                        status: StatusCode::$status,
                        zh: $zh,
                        en: $en,
                        remedy_zh: $rzh,
                        remedy_en: $ren,
                    },)*
                }
            }
        }
    };
}

codes! {
    BadBody "bad_body" BAD_REQUEST {
        "请求正文不是所需的 JSON"
        "the request body is not the JSON that is needed"
        "按提示的位置与字段修改;字段名与类型见 /api/v1/openapi.json。"
        "Correct the place and field the message names; names and types stand in /api/v1/openapi.json."
    }
    BadQuery "bad_query" BAD_REQUEST {
        "查询参数有误"
        "a query parameter is wrong"
        "按提示修改参数;可用的筛选项见 /api/v1/openapi.json,每页 1 至 200 行。"
        "Correct the parameter the message names; the filters stand in /api/v1/openapi.json, a page has 1 to 200 rows."
    }
    InvalidField "invalid_field" BAD_REQUEST {
        "字段的值不符合要求"
        "the value of a field is not acceptable"
        "details.field 给出字段,message 给出要求,修改后重新提交。"
        "details.field names the field and the message what is needed; correct it and send it again."
    }
    InvalidInput "invalid_input" BAD_REQUEST {
        "评价输入有误"
        "the input of the evaluation is wrong"
        "details.field 给出输入中的位置,details.reason 给出类别;可用的输入见 /api/v1/standards/topics 的 example。"
        "details.field names the place in the input, details.reason its kind; an input that works stands in the example of /api/v1/standards/topics."
    }
    RangeTooLarge "range_too_large" BAD_REQUEST {
        "所选时段的数据超过一次可返回的行数"
        "the period holds more rows than one answer may have"
        "缩短时段,或改用更粗的粒度(分钟改小时,小时改日)。"
        "Shorten the period, or choose a coarser grain (hours for minutes, days for hours)."
    }
    Unauthenticated "unauthenticated" UNAUTHORIZED {
        "需要先登录"
        "a login is needed"
        "登录(POST /api/v1/session)或携带有效的访问令牌(Authorization: Bearer …);会话可能已过期。"
        "Log in (POST /api/v1/session) or send a valid access token (Authorization: Bearer …); the session may have ended."
    }
    WrongCredentials "wrong_credentials" UNAUTHORIZED {
        "用户名或密码错误"
        "login or password is wrong"
        "检查大小写与输入法;连续失败会被暂时锁定。忘记密码请联系系统管理员。"
        "Check case and input method; repeated failures lock the login for a while. An administrator can set a new password."
    }
    LockedOut "locked_out" TOO_MANY_REQUESTS {
        "登录失败次数过多,已暂时锁定"
        "too many failed logins, locked for a while"
        "等待 details.retry_after_s 秒后再试。若不是本人操作,请联系系统管理员查看审计记录。"
        "Try again after details.retry_after_s seconds. If it was not you, ask an administrator to look at the audit list."
    }
    CsrfRejected "csrf_rejected" FORBIDDEN {
        "缺少或不符的 X-CSRF-Token"
        "the X-CSRF-Token header is missing or does not fit"
        "用 GET /api/v1/session 返回的 csrf 作为 X-CSRF-Token 请求头;使用访问令牌时不需要。"
        "Send the csrf of GET /api/v1/session as the X-CSRF-Token header; access tokens need none."
    }
    Forbidden "forbidden" FORBIDDEN {
        "当前角色无权执行此操作"
        "this role may not do that"
        "如确需此权限,请联系系统管理员调整角色;各接口允许的角色见 /api/v1/openapi.json 的 x-access。"
        "If it is needed, ask an administrator for another role; x-access in /api/v1/openapi.json names the roles of each endpoint."
    }
    NotFound "not_found" NOT_FOUND {
        "没有此对象,或不在可见范围内"
        "there is no such object, or it is outside of what you may see"
        "检查编号;镇街与部门只能看到本单位的对象,企业只能看到本企业的对象。"
        "Check the number; towns and departments see the objects of their unit, firms their own."
    }
    NoSuchEndpoint "no_such_endpoint" NOT_FOUND {
        "没有此接口"
        "there is no such endpoint"
        "接口清单见 /api/v1/openapi.json。"
        "The endpoints stand in /api/v1/openapi.json."
    }
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED {
        "此接口不支持该请求方法"
        "the endpoint does not know this method"
        "可用的方法见响应头 Allow 与 /api/v1/openapi.json。"
        "The methods stand in the Allow header and in /api/v1/openapi.json."
    }
    Conflict "conflict" CONFLICT {
        "对象的当前状态不允许此操作"
        "the present state of the object does not allow that"
        "刷新后按最新状态操作,例如已关闭的告警不能再确认。"
        "Load it again and act on the newest state; a closed alarm, for instance, cannot be acknowledged."
    }
    Findings "findings" UNPROCESSABLE_ENTITY {
        "记录中有不符合要求的值"
        "the record has values that are not acceptable"
        "details.findings 逐条给出字段、现值与要求,修改后重新提交;什么都没有保存。"
        "details.findings names each field with its value and what was expected; correct them and send it again. Nothing was kept."
    }
    Refused "refused" CONFLICT {
        "记录的状态、角色或归属不允许此操作"
        "the record's state, the role or whose record it is does not allow that"
        "details.code 给出类别,details.said 给出原因;按流程先办理前一步,或由有权的人办理。"
        "details.code names the kind and details.said the reason; take the step before, or let somebody who may take this one."
    }
    Stale "stale" CONFLICT {
        "此记录已被他人修改"
        "somebody else changed this record in the meantime"
        "重新载入记录,在 details.revision 上再改;message 与 details 给出记录、修改人、时间与字段。什么都没有被覆盖。"
        "Load the record again and change it on details.revision; message and details name the record, who changed it, when and which fields. Nothing was overwritten."
    }
    Table "table" UNPROCESSABLE_ENTITY {
        "上传的文件不能作为表格读取"
        "the uploaded file cannot be read as a table"
        "details.code 给出类别,details.said 给出位置与办法;可上传 .xlsx、.xls、.ods,或 UTF-8、GB18030、UTF-16 编码的 .csv。"
        "details.code names the kind, details.said place and remedy; .xlsx, .xls, .ods, or .csv in UTF-8, GB18030 or UTF-16 are read."
    }
    LoginTaken "login_taken" CONFLICT {
        "用户名已被使用"
        "the login is taken"
        "换一个用户名;停用的用户仍占用其用户名。"
        "Choose another login; deactivated users keep theirs."
    }
    LastAdministrator "last_administrator" CONFLICT {
        "不能停用或降级最后一名系统管理员"
        "the last administrator cannot be deactivated or given another role"
        "先设立另一名系统管理员。"
        "Make another administrator first."
    }
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE {
        "请求正文过大"
        "the request body is too large"
        "message 与 details.field 给出过大的部分,details.limit 给出上限(字节);按 message 的办法精简、拆分或改作附件后再提交。"
        "message and details.field name what is too large, details.limit the bound in bytes; shorten it, split it or send it as an attachment, as the message says."
    }
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE {
        "请求正文须为 application/json"
        "the request body must be application/json"
        "设置请求头 Content-Type: application/json。"
        "Set the header Content-Type: application/json."
    }
    Busy "busy" SERVICE_UNAVAILABLE {
        "服务器正忙"
        "the server is busy"
        "稍后重试;实时推送连接过多时请关闭不用的页面。"
        "Try again shortly; where too many live connections are open, close pages that are not used."
    }
    Timeout "timeout" SERVICE_UNAVAILABLE {
        "处理超时"
        "the request took too long"
        "缩小查询范围后重试;反复出现时查看 /healthz 与服务器日志。"
        "Ask for less and try again; if it repeats, look at /healthz and the server's log."
    }
    StoreUnavailable "store_unavailable" SERVICE_UNAVAILABLE {
        "数据库暂不可用"
        "the database is not available at the moment"
        "稍后重试;管理员请检查数据库连接与磁盘空间,见 /healthz。"
        "Try again shortly; administrators look at the database connection and the disk space, see /healthz."
    }
    Internal "internal" INTERNAL_SERVER_ERROR {
        "服务器内部错误"
        "an internal error of the server"
        "请把响应头 X-Request-Id 的值告知管理员,日志中有同一编号的记录。"
        "Give the value of the X-Request-Id header to an administrator; the log has an entry with the same number."
    }
}
