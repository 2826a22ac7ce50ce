import{b as p}from"./chunk-J4VJLUQL.js";import"./chunk-7FGQNRJX.js";import"./chunk-SRFJTSKW.js";import{cc as o,d as m}from"./chunk-AGQB3LLJ.js";m(o(p,{}),document.getElementById("app"));
