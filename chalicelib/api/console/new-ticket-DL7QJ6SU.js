import{ob as t,qb as e}from"./chunk-RSXZZIN7.js";function f(){return t(e,{title:"New ticket",children:"\u2026"})}export{f as default};
