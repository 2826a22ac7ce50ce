import{lb as t,nb as e}from"./chunk-X3ZK6FCR.js";function f(){return t(e,{title:"New ticket",children:"\u2026"})}export{f as default};
