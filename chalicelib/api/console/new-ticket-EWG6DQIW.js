import{ob as t,qb as e}from"./chunk-H2NUTD43.js";function f(){return t(e,{title:"New ticket",children:"\u2026"})}export{f as default};
