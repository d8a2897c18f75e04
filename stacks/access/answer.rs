//! May this role do that? Asked of every layer at once, and answered with what decided.

use landfall_model::Place;
use landfall_policies::{
    Caller, CallerError, Context, Decision, Layer, Request, Statement, StatementRef, Verdict, evaluate,
};

use super::guard::Level;
use super::hint::Asked;
use super::layers::Stack;
use super::standing::RoleId;
use super::world::World;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Who.
    pub role: RoleId,
    /// One action, such as `s3:GetObject`.
    pub action: String,
    /// The ARN of a resource, or `*`.
    pub resource: String,
    /// What is known of the request. What follows from the role and the organization is filled in.
    pub context: Context,
    /// The account that owns the resource by its id, where its ARN does not say.
    pub owner: Option<String>,
    /// The time of the request, `2027-01-01T00:00:00Z`; without it conditions on the time find no value.
    pub now: Option<String>,
}

impl Question {
    /// A question of which nothing more is known.
    pub fn of(role: RoleId, action: &str, resource: &str) -> Self {
        Self {
            role,
            action: action.to_owned(),
            resource: resource.to_owned(),
            context: Context::default(),
            owner: None,
            now: None,
        }
    }
}

/// A layer by its kind, and which one where there are several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LayerName {
    /// The role's own policies.
    Identity,
    /// Its permissions boundary.
    Boundary,
    /// A service control policy, with where it is attached.
    Scp(String),
    /// A resource control policy, with where it is attached.
    Rcp(String),
    /// The trust policy of the role that is assumed.
    Trust,
    /// The policy of another resource.
    Resource,
}

/// A statement that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// Of which layer.
    pub layer: LayerName,
    /// The policy's name.
    pub policy: String,
    /// Which statement, from 0.
    pub index: usize,
    /// What it says.
    pub statement: Option<Statement>,
    /// Where the user wrote what it comes from.
    pub place: Option<Place>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether the role may.
    pub allowed: bool,
    /// The statement that decided; none where a layer lacks an allow.
    pub because: Option<Because>,
    /// The statement of the resource's side that allows, where both sides are asked.
    pub other_side: Option<Because>,
    /// The layer that lacks an allow.
    pub lacking: Option<LayerName>,
    /// What every layer says.
    pub layers: Vec<(LayerName, Verdict)>,
    /// What, if it held, would turn the answer: every clause of it is needed to be allowed, each alone denies.
    pub if_instead: Vec<String>,
    /// Condition keys that were assumed, with their values.
    pub assumed: Vec<(String, String)>,
    /// What the answer cannot know.
    pub notes: Vec<String>,
}

impl World {
    /// Answers a question.
    ///
    /// # Errors
    /// The role's ARN is none that a caller can have; role names see to it that it is.
    pub fn ask(&self, question: &Question) -> Result<Answer, CallerError> {
        let stack = self.stack(question.role, &question.action, &question.resource, question.owner.as_deref());
        let (request, assumed) = self.request(question)?;
        let decision = evaluate(&request, &stack.layers);
        let mut answer = self.told(&stack, question, &decision);
        answer.assumed = assumed;
        let asked =
            Asked { world: self, stack: &stack, role: question.role, request: &request, given: &question.context };
        answer.if_instead = if decision.is_allowed() {
            asked.what_denies()
        } else {
            asked.what_allows().map(|turned| turned.clauses).unwrap_or_default()
        };
        answer.notes = self.notes(&stack, question, &request, &decision);
        Ok(answer)
    }

    /// The request, with all that follows from the role and the organization, and what had to be assumed.
    pub(crate) fn request(&self, question: &Question) -> Result<(Request, Vec<(String, String)>), CallerError> {
        let caller = Caller::parse(&self.arn(question.role))?.in_session("landfall");
        let mut context = question.context.clone();
        let mut assumed = Vec::new();
        let region = question.resource.split(':').nth(3).filter(|region| !region.is_empty() && *region != "*");
        for (key, value) in
            [("aws:RequestedRegion", region.unwrap_or(self.home.as_str())), ("aws:SecureTransport", "true")]
        {
            if !context.has(key) {
                context = context.with(key, value);
                assumed.push((key.to_owned(), value.to_owned()));
            }
        }
        let mut fill = |key: &str, value: &str| {
            if !context.has(key) {
                context = std::mem::take(&mut context).with(key, value);
            }
        };
        if let Some(now) = &question.now {
            fill("aws:CurrentTime", now);
        }
        fill("aws:PrincipalOrgID", self.organization_id());
        for (key, value) in &self.shape(question.role).tags {
            fill(&["aws:PrincipalTag/", key].concat(), value);
        }
        let owner = question.resource.split(':').nth(4).filter(|account| !account.is_empty());
        let owner = owner.or(question.owner.as_deref());
        if owner.is_none_or(|id| self.account_named(id).is_some()) {
            fill("aws:ResourceOrgID", self.organization_id());
        }
        let request = Request::new(caller, &question.action, &question.resource, context);
        Ok((
            match owner {
                Some(owner) => request.owned_by(owner),
                None => request.owned_by(self.id(self.account(question.role))),
            },
            assumed,
        ))
    }

    fn told(&self, stack: &Stack<'_>, question: &Question, decision: &Decision<'_>) -> Answer {
        let because = |one: StatementRef<'_>| self.because(stack, question, one);
        let verdicts = decision.verdicts;
        let all = [
            (LayerName::Identity, verdicts.identity),
            (LayerName::Boundary, verdicts.boundary),
            (LayerName::Scp(String::new()), verdicts.scp),
            (LayerName::Rcp(String::new()), verdicts.rcp),
            (self.layer(stack, Layer::Resource), verdicts.resource),
        ];
        Answer {
            allowed: decision.is_allowed(),
            because: decision.decided_by.map(because),
            other_side: decision.resource_side.map(because).filter(|_| decision.decided_by != decision.resource_side),
            lacking: decision
                .blocked_by
                .filter(|_| decision.decided_by.is_none())
                .map(|layer| self.layer(stack, layer)),
            layers: all.into_iter().filter(|(_, verdict)| *verdict != Verdict::NotAsked).collect(),
            if_instead: Vec::new(),
            assumed: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(crate) fn layer(&self, stack: &Stack<'_>, layer: Layer) -> LayerName {
        let at =
            |levels: &[Level<'_>], level: usize| levels.get(level).map(|level| place(&level.at)).unwrap_or_default();
        match layer {
            Layer::Identity | Layer::Session => LayerName::Identity,
            Layer::Boundary => LayerName::Boundary,
            Layer::Scp { level } => LayerName::Scp(at(&stack.scps, level)),
            Layer::Rcp { level } => LayerName::Rcp(at(&stack.rcps, level)),
            Layer::Resource if stack.trusted.is_some() => LayerName::Trust,
            Layer::Resource => LayerName::Resource,
        }
    }

    /// A statement with what it says and where it comes from.
    pub(crate) fn because(&self, stack: &Stack<'_>, question: &Question, one: StatementRef<'_>) -> Because {
        let shape = self.shape(question.role);
        let (statement, place) = match one.layer {
            Layer::Identity | Layer::Session => {
                let policy = shape.policies.iter().find(|policy| policy.name() == one.policy);
                let place = shape.origin(one.policy, &question.action);
                (policy.and_then(|policy| policy.document().statements.get(one.index)), place)
            }
            Layer::Boundary => {
                let boundary = shape.boundary.as_ref();
                let statement = boundary.and_then(|policy| policy.document().statements.get(one.index));
                (statement, boundary.and_then(|policy| policy.place()))
            }
            Layer::Scp { level } => guarding(&stack.scps, level, one),
            Layer::Rcp { level } => guarding(&stack.rcps, level, one),
            Layer::Resource => match stack.trusted.map(|role| self.shape(role)) {
                Some(target) => {
                    let place = target.trust_place(one.index);
                    (target.trust.document().statements.get(one.index), place)
                }
                None => (None, None),
            },
        };
        Because {
            layer: self.layer(stack, one.layer),
            policy: one.policy.to_owned(),
            index: one.index,
            statement: statement.cloned(),
            place,
        }
    }

    /// What has a say and is not known here.
    fn notes(&self, stack: &Stack<'_>, question: &Question, request: &Request, decision: &Decision<'_>) -> Vec<String> {
        let mut out = Vec::new();
        let unknown = &self.shape(question.role).unknown;
        if !unknown.is_empty() {
            out.push(format!("what {} says is not known here, and not counted", unknown.join(", ")));
        }
        if decision.blocked_by == Some(Layer::Resource) && stack.trusted.is_none() {
            let what = match request.action().split(':').next() {
                Some("kms") => "a key's own policy must let the account in, as the default one does",
                Some("sts") => "the role is none of those that are known here",
                _ => "the resource belongs to another account, whose policy must let the role in",
            };
            out.push(format!("{what}; that policy is not Landfall's, and taken for one that allows nothing"));
        }
        out
    }

    /// A role by its ARN, whatever its path, as IAM compares.
    pub(crate) fn role_by_arn(&self, arn: &str) -> Option<RoleId> {
        let mut parts = arn.splitn(6, ':');
        let (service, account) = (parts.nth(2)?, parts.nth(1)?);
        let name = parts.next()?.strip_prefix("role/")?.rsplit('/').next()?;
        (service == "iam").then(|| self.role_in(self.account_named(account)?, name)).flatten()
    }
}

fn guarding<'w>(levels: &[Level<'w>], level: usize, one: StatementRef<'_>) -> (Option<&'w Statement>, Option<Place>) {
    let guard = levels.get(level).and_then(|level| level.guards.iter().find(|guard| guard.name == one.policy));
    (guard.and_then(|guard| guard.document.statements.get(one.index)), guard.and_then(|guard| guard.place))
}

/// A level in words.
pub(crate) fn place(at: &landfall_model::Attachment) -> String {
    match at {
        landfall_model::Attachment::Root => "the root".to_owned(),
        landfall_model::Attachment::Unit(path) => format!("unit {path}"),
        landfall_model::Attachment::Account(name) => format!("account {name}"),
    }
}
