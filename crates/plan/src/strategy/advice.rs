//! Which way fits: the decision matrix, with reasons.

use std::fmt;

use landfall_model::{ItemName, RoleStrategy, Team};

use super::similarity::{deletes, similarity};

/// How strict the rules are that the jobs are audited by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compliance {
    /// Nobody asks for more than isolation of teams.
    #[default]
    Standard,
    /// SOC 2 Type II, PCI DSS, HIPAA: isolation of jobs.
    Strict,
}

/// How work is organized.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Structure {
    /// In teams that own their jobs.
    #[default]
    Teams,
    /// In projects of single people.
    Projects,
}

/// What is advised for a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// One pair for all jobs.
    PerTeam,
    /// A pair for each job.
    PerJob,
    /// One pair, and pairs of their own for these jobs.
    Hybrid(Vec<ItemName>),
}

/// What an advice follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// The rules ask for isolation of jobs.
    Strict,
    /// Jobs belong to people, not to a team.
    Projects,
    /// The jobs' permissions have less than half in common; in percent.
    Different(usize),
    /// The jobs' permissions have at least half in common; in percent.
    Alike(usize),
    /// A job deletes something, and others do not.
    Deletes(ItemName),
    /// The configuration gives a job a pair of its own, with the reason if it says one.
    Wanted(ItemName, Option<String>),
    /// There are so many jobs that a pair for each is much to look after.
    ManyJobs(usize),
    /// There are so few jobs that either way works.
    FewJobs(usize),
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strict => f.write_str("compliance asks for isolation of jobs"),
            Self::Projects => f.write_str("the jobs belong to people, not to a team"),
            Self::Different(percent) => write!(f, "the jobs' permissions have {percent} % in common"),
            Self::Alike(percent) => write!(f, "the jobs' permissions are alike ({percent} %)"),
            Self::Deletes(job) => write!(f, "job {job} deletes, and others do not"),
            Self::Wanted(job, None) => write!(f, "job {job} is configured with roles of its own"),
            Self::Wanted(job, Some(reason)) => write!(f, "job {job} has roles of its own: {reason}"),
            Self::ManyJobs(jobs) => write!(f, "many jobs ({jobs}): a pair for each is much to look after"),
            Self::FewJobs(jobs) => write!(f, "few jobs ({jobs}): either way works"),
        }
    }
}

/// An advice with what it follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The advice.
    pub advice: Advice,
    /// What speaks for it, the weightiest first.
    pub evidence: Vec<Evidence>,
}

/// Decides for one team. Jobs share unless compliance forbids it or their permissions have less than half in common; a
/// job that alone deletes, or that the configuration sets apart, gets a pair of its own beside the shared one.
pub fn decide(team: &Team, compliance: Compliance) -> Decision {
    let alike = similarity(team);
    if compliance == Compliance::Strict {
        return Decision { advice: Advice::PerJob, evidence: vec![Evidence::Strict] };
    }
    let jobs = team.jobs.len();
    let destructive: Vec<&ItemName> = team.jobs.iter().filter(|job| deletes(job)).map(|job| &job.name).collect();
    let mut evidence = Vec::new();
    let mut alone: Vec<ItemName> = Vec::new();
    for job in &team.jobs {
        if destructive.len() < jobs && destructive.contains(&&job.name) {
            evidence.push(Evidence::Deletes(job.name.clone()));
            alone.push(job.name.clone());
        } else if job.own_roles {
            evidence.push(Evidence::Wanted(job.name.clone(), job.reason.clone()));
            alone.push(job.name.clone());
        }
    }
    let shared = Team {
        jobs: team.jobs.iter().filter(|job| !alone.contains(&job.name)).cloned().collect(),
        roles: RoleStrategy::PerTeam,
        ..team.clone()
    };
    let rest = if alone.is_empty() { alike } else { similarity(&shared) };
    if shared.jobs.len() > 1 && rest < HALF {
        return Decision { advice: Advice::PerJob, evidence: vec![Evidence::Different(rest)] };
    }
    match jobs {
        0..10 => evidence.push(Evidence::FewJobs(jobs)),
        10..=20 => {}
        _ => evidence.push(Evidence::ManyJobs(jobs)),
    }
    evidence.push(Evidence::Alike(rest));
    let advice = if alone.is_empty() { Advice::PerTeam } else { Advice::Hybrid(alone) };
    Decision { advice, evidence }
}

const HALF: usize = 50;

/// A question of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// How many teams are there?
    Teams,
    /// How many jobs are there?
    Jobs,
    /// How alike are the permissions of a team's jobs?
    Similarity,
    /// Which rules are they audited by?
    Compliance,
    /// How is work organized?
    Structure,
}

/// What an answer speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaning {
    /// Sharing.
    PerTeam,
    /// Roles for each job.
    PerJob,
    /// Neither.
    Either,
}

/// A question with its answer and what that speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The question.
    pub question: Question,
    /// The answer in a few words.
    pub answer: String,
    /// What it speaks for.
    pub leaning: Leaning,
}

/// The matrix for all teams together, and the advice for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// One row a question, in order.
    pub rows: Vec<Row>,
    /// The advice for each team, in the order of the configuration.
    pub teams: Vec<(ItemName, Decision)>,
}

/// Answers the questions, and decides for each team.
pub fn advise(teams: &[Team], compliance: Compliance, structure: Structure) -> Matrix {
    let jobs: usize = teams.iter().map(|team| team.jobs.len()).sum();
    let similar = teams.iter().map(similarity).min().unwrap_or(100);
    let row = |question, answer: String, leaning| Row { question, answer, leaning };
    let rows = vec![
        row(Question::Teams, teams.len().to_string(), Leaning::PerTeam),
        row(Question::Jobs, jobs.to_string(), if jobs < 10 { Leaning::Either } else { Leaning::PerTeam }),
        row(
            Question::Similarity,
            format!("{similar} % in the least alike team"),
            if similar < HALF { Leaning::PerJob } else { Leaning::PerTeam },
        ),
        match compliance {
            Compliance::Standard => row(Question::Compliance, "standard".to_owned(), Leaning::PerTeam),
            Compliance::Strict => row(Question::Compliance, "strict".to_owned(), Leaning::PerJob),
        },
        match structure {
            Structure::Teams => row(Question::Structure, "teams".to_owned(), Leaning::PerTeam),
            Structure::Projects => row(Question::Structure, "projects of single people".to_owned(), Leaning::PerJob),
        },
    ];
    let decision = |team: &Team| match structure {
        Structure::Projects if team.jobs.len() > 1 && compliance == Compliance::Standard => {
            Decision { advice: Advice::PerJob, evidence: vec![Evidence::Projects] }
        }
        _ => decide(team, compliance),
    };
    Matrix { rows, teams: teams.iter().map(|team| (team.name.clone(), decision(team))).collect() }
}
