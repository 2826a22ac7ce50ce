import{Ba as t,Da as e}from"./chunk-O6YUUWLO.js";function f(){return t(e,{title:"Ticket",children:"\u2026"})}export{f as default};
